import { PassThrough } from 'node:stream';
import { CreateMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { type AggregateOptions, aggregate } from '../../src/index.ts';
import { type S3, startS3 } from '../support/s3-server.ts';
import { makeCase } from './case.ts';
import { type Outcome, runCase, Violation } from './fuzzer.ts';

const SEED = 1;

describe('the fuzzer', () => {
  let s3: S3;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  /** Runs the first cases, as `npm run fuzz` does. */
  const runCases = async (count: number, run: typeof aggregate): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (let number = 1; number <= count; number++)
      outcomes.push(await runCase(SEED, number, { s3, aggregate: run }));
    return outcomes;
  };

  it('finds nothing, with successes and failures of many kinds', async () => {
    const outcomes = await runCases(150, aggregate);
    expect(outcomes.filter(({ name }) => name === 'succeeded').length).to.be.within(35, 95);
    expect(new Set(outcomes.map(({ name }) => name)).size).to.be.at.least(10);
    expect(new Set(outcomes.map(({ place }) => place)).size).to.equal(3);
  }).timeout(60_000);

  it('runs a case again as it was', async () => {
    for (let number = 1; number <= 50; number++) {
      const [one, other] = [makeCase(SEED, number), makeCase(SEED, number)];
      // Compression takes real time, in which a time limit may be up.
      if (one.place !== 'memory' || one.options.timeLimit) continue;
      expect([...one.run.files]).to.deep.equal([...other.run.files]);
      const surroundings = { s3, aggregate };
      expect(await runCase(SEED, number, surroundings)).to.deep.equal(
        await runCase(SEED, number, surroundings),
      );
    }
  });

  const client = (options: AggregateOptions) => options.client as S3Client;
  const BROKEN: readonly [what: string, words: string, run: typeof aggregate][] = [
    [
      'fails with a mistake of ours',
      'an error of no known kind',
      async () => {
        throw new TypeError('x is not a function');
      },
    ],
    [
      'claims a document that is not there',
      'it succeeded with',
      (options) => aggregate({ ...options, output: new PassThrough().resume() }),
    ],
    [
      'loses a result',
      'is not right',
      (options) =>
        aggregate({ ...options, map: (value, { resultNumber }) => (resultNumber === 1 ? undefined : value) }),
    ],
    ['gives up too early', 'it should succeed', (options) => aggregate({ ...options, readAttempts: 1 })],
    [
      'leaves an upload',
      '1 unfinished uploads',
      async (options) => {
        if (options.client)
          await client(options).send(new CreateMultipartUploadCommand({ Bucket: 'bucket', Key: 'k' }));
        return await aggregate(options);
      },
    ],
    [
      'forgets a promise',
      'unhandled rejection',
      (options) => {
        Promise.reject(new Error('forgotten'));
        return aggregate(options);
      },
    ],
  ];
  for (const [what, words, run] of BROKEN)
    it(`finds a job that ${what}, and says how to run it again`, async () => {
      const error = await runCases(200, run).then(
        () => expect.fail('nothing was found'),
        (error) => error,
      );
      expect(error).to.be.instanceOf(Violation);
      expect(error.message)
        .to.match(/^npm run fuzz -- --seed 1 --case \d+\n/)
        .and.include(words);
    });
});
