import { expect } from 'chai';
import { resultsOf, run } from '../support.ts';
import { comparisonsOf } from './comparisons.ts';
import { standings } from './standings.ts';

const MB = 1e6;

describe('bench: standings', () => {
  it('have speeds, ratios to the transfer of the same round, and the worst peak of memory', () => {
    const results = resultsOf([
      run('aggregate', 1, 4, { maxRss: 210 * MB, startRss: 71 * MB }),
      run('transfer', 1, 2),
      run('transfer', 2, 1),
      run('aggregate', 2, 5),
    ]);
    const [aggregate, transfer] = standings(results);

    expect(aggregate).to.deep.include({
      ...{ contender: 'aggregate', maxRss: 210 * MB, startRss: 71 * MB, cpuSeconds: 9 },
      ...{ speed: { median: 22.5 * MB, min: 20 * MB, max: 25 * MB } },
      ...{ ofCeiling: { median: 0.35, min: 0.2, max: 0.5 }, ofPermitted: undefined },
    });
    expect(transfer?.ofCeiling).to.deep.equal({ median: 1, min: 1, max: 1 });
  });

  it('keep sizes apart', () => {
    const small = { size: 10 * MB, bytesIn: 10 * MB };
    const results = resultsOf([
      run('aggregate', 1, 1, small),
      run('aggregate', 1, 5),
      run('transfer', 1, 0.5, small),
    ]);
    const facts = standings(results).map(({ contender, size, speed, ofCeiling }) => [
      ...[contender, size / MB, speed.median / MB, ofCeiling?.median],
    ]);
    expect(facts).to.deep.equal([
      ['aggregate', 10, 10, 0.5],
      ['transfer', 10, 20, 1],
      ['aggregate', 100, 20, undefined],
    ]);
  });

  it('with latency, tell the part of what concurrency permits', () => {
    const small = { files: 2000, latency: 20, concurrency: 8 }; // 2,000 times 20 ms, 8 at once: 5 s.
    const results = resultsOf([run('aggregate', 1, 6.25)], small);
    expect(standings(results)[0]?.ofPermitted?.median).to.equal(0.8);
  });
});

describe('bench: comparisons', () => {
  it('compare pair by pair what the scenario is about', () => {
    const runs = [1, 2].flatMap((round) => [
      run('aggregate', round, 2),
      run('transfer', round, round),
      run('whole-document', round, 6),
    ]);
    const words = comparisonsOf(resultsOf(runs, { name: 'one-file', title: 'One' }));
    expect(words).to.deep.equal([
      {
        words: 'One: speed of the aggregate & its <kin> ÷ the transfer & its <kin>',
        result: '0.75 (0.50–1.00)',
      },
      { words: 'One: speed of the aggregate & its <kin> ÷ the whole-document & its <kin>', result: '3.00' },
    ]);
  });

  it('of growth, tell how time and memory of our own grow', () => {
    const [MIB, GIB] = [1024 ** 2, 1024 ** 3];
    const sized = (size: number, seconds: number, maxRss: number) =>
      run('aggregate', 1, seconds, { size, maxRss });
    const runs = [
      sized(64 * MIB, 1, 150),
      sized(512 * MIB, 4, 200),
      sized(GIB, 8, 1),
      sized(8 * GIB, 66, 190),
    ];
    runs.push(...runs.map((run) => ({ ...run, contender: 'whole-document' })));
    expect(comparisonsOf(resultsOf(runs, { name: 'growth', title: 'Growth' }))).to.deep.equal([
      { words: 'Growth: time of the aggregate & its <kin>, 8 GiB ÷ 1 GiB', result: '8.25' },
      { words: 'Growth: peak memory of the aggregate & its <kin>, 8 GiB ÷ 512 MiB', result: '0.95' },
    ]);
  });
});
