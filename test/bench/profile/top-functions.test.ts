import { expect } from 'chai';
import { topFunctions } from './top-functions.ts';

const node = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

describe('bench: topFunctions', () => {
  it('sums the time up to the next sample for each function, whoever called it, without idle time', () => {
    const profile = {
      // The same function twice, as two others call it.
      nodes: [node(1, '(idle)'), node(2, 'scan', 'node:x', 9), node(3, 'scan', 'node:x', 9), node(4, '')],
      samples: [2, 1, 3, 4],
      timeDeltas: [5, 1_000_000, 9_000_000, 2_000_000, 1_000_000],
    };
    expect(topFunctions(profile, 9)).to.deep.equal([
      { name: 'scan', place: 'node:x:10', seconds: 3, share: 0.75 },
      { name: '(anonymous)', place: '', seconds: 1, share: 0.25 },
    ]);
    expect(topFunctions(profile, 1)).to.have.length(1);
  });
});
