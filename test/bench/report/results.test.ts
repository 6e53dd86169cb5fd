import { expect } from 'chai';
import { on, one } from '../support.ts';
import { formatted, merged } from './results.ts';

describe('bench: results', () => {
  it('of a scenario take the place of older ones, on the same version of Node.js', () => {
    const old = [on('v20.19.0', one('one-file', 1)), on('v24.1.0', one('one-file', 2)), one('ascii', 3)];
    const added = on('v20.20.2', one('one-file', 4));
    expect(merged(old, added)).to.deep.equal([old[1], old[2], added]);
  });

  it('are written a run a line, and read again as they were', () => {
    const results = [one('one-file', 1.25, 2.5), one('ascii', 3)];
    const text = formatted(results);
    expect(JSON.parse(text)).to.deep.equal(results);
    expect(text.split('\n').filter((line) => line.includes('"contender":'))).to.have.length(3);
  });
});
