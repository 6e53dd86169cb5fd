import { expect } from 'chai';
import { median, pairwise, spread } from './statistics.ts';

describe('bench: statistics', () => {
  it('the median is the middle figure, or the mean of the two in the middle', () => {
    expect(median([10, 1, 2])).to.equal(2);
    expect(median([10, 1, 2, 3])).to.equal(2.5);
    expect(median([7])).to.equal(7);
  });

  it('the spread has the median, the least and the most; of nothing there is none', () => {
    expect(spread([3, 1, 10])).to.deep.equal({ median: 3, min: 1, max: 10 });
    expect(spread([])).to.equal(undefined);
  });

  it('ratios are of the same round, whatever the order, and only then a median is made of them', () => {
    const runs = (...figures: number[]) => figures.map((figure, round) => ({ round, figure }));
    // Medians would give 20 / 20 = 1.
    const ratio = pairwise(runs(10, 20, 90), runs(20, 10, 30).toReversed(), ({ figure }) => figure);
    expect(ratio).to.deep.equal({ median: 2, min: 0.5, max: 3 });
  });

  it('rounds that one of them did not run are left out', () => {
    const of = [{ round: 1 }, { round: 2 }];
    expect(pairwise(of, [{ round: 2 }], ({ round }) => round)).to.deep.equal({ median: 1, min: 1, max: 1 });
    expect(pairwise(of, [], ({ round }) => round)).to.equal(undefined);
  });
});
