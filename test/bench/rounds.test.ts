import { expect } from 'chai';
import type { Entrant } from './contenders/contender.ts';
import { thinned } from './measure.ts';
import { rotated, sortedOut } from './rounds.ts';

describe('bench: rounds', () => {
  it('begin with another contender every time', () => {
    const orders = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''));
    expect(orders).to.deep.equal(['abc', 'bca', 'cab', 'abc']);
    expect(rotated([], 1)).to.deep.equal([]);
  });

  it('leave out who lacks something, or could not do the greatest size, and say so', () => {
    const entrant = (name: string, more: Partial<Entrant> = {}): Entrant => ({
      ...{ name, label: name, side: 'peer', ...more },
    });
    const stage = {
      contenders: [
        entrant('a', { needs: ['jq', 'python3'] }),
        entrant('b', { most: 1024 ** 2 }),
        entrant('c'),
      ],
    };
    const scenario = { contenders: ['c', 'b', 'a'], sizes: [1024, 2 * 1024 ** 2] };
    const { present, leftOut } = sortedOut(scenario, [stage], new Map([['jq', '1.7']]));
    expect(present.map(({ name }) => name)).to.deep.equal(['c', 'b']);
    expect(leftOut).to.deep.equal([
      'a: there is no python3 here',
      'b beyond 1 MiB: it has everything in memory at once',
    ]);
  });

  it('keep of many samples of memory the greatest of each stretch of time', () => {
    const samples = [3, 9, 1, 4, 8].map((bytes, seconds) => [seconds, bytes] as const);
    expect(thinned(samples, 3)).to.deep.equal([
      [1, 9],
      [3, 4],
      [4, 8],
    ]);
    expect(thinned(samples, 9)).to.deep.equal(samples);
    expect(thinned([], 9)).to.deep.equal([]);
  });
});
