import type { AggregateOptions } from '../../src/index.ts';
import { between, chance, pick, type Random } from '../support/random.ts';
import type { Run } from './runs.ts';

/** What a caller's function throws, which comes out as it is. */
export class Thrown extends Error {
  override readonly name = 'Thrown';
}

/** Options of a job but for its places and clients. */
export type JobOptions = Omit<
  AggregateOptions,
  'manifest' | 'output' | 'rerun' | 'client' | 'uploadClient' | 'signal'
>;

/** Options that are refused whatever there is to do. */
const WRONG: readonly object[] = [
  { concurrency: 0 },
  { concurrency: '8' },
  { partSize: 5 },
  { queueSize: Number.NaN },
  { resultsKey: '' },
  { envelope: [] },
  { envelope: { n: 1n } },
  { failures: 'ignore' },
  { maxDepth: 1e9 },
  { map: 'x' },
  { format: 'jsonl', envelope: { a: 1 } },
  { failures: 'append', resultsKey: 'failures' },
  { resultsKey: 'r', envelope: { r: 1 } },
  { verifyCounts: true, transformation: 'FLATTEN' },
  { emit: 'record', transformation: 'COMPACT' },
];

export function makeOptions(random: Random, run: Run): { options: JobOptions; areWrong: boolean } {
  const options: Record<string, unknown> = {};
  const maybe = (name: string, probability: number, make: () => unknown) => {
    if (chance(random, probability)) options[name] = make();
  };
  const lines = chance(random, 0.15);
  const rarely = lines ? 0.01 : 0.07; // They exclude lines.
  if (lines) options.format = 'jsonl';
  maybe('transformation', 0.4, () =>
    chance(random, 0.8) ? run.transformation : pick(random, ['auto', 'NONE', 'COMPACT']),
  );
  maybe('outputType', 0.3, () =>
    chance(random, 0.8) ? run.outputType : pick(random, ['auto', 'JSON', 'JSONL']),
  );
  maybe('failures', 0.85, () => (lines ? 'omit' : pick(random, ['omit', 'append', 'append', 'error'])));
  maybe('rerunItems', 0.3, () => chance(random, 0.5));
  maybe('verifyCounts', 0.1, () => true);
  maybe('maxDepth', 0.1, () => pick(random, [1, 2, 5, 10, 10_000]));
  maybe('maxResultBytes', 0.1, () => pick(random, [1024, 2000, 100_000]));
  maybe('preset', rarely, () => 'tdr');
  maybe('emit', run.transformation === 'NONE' ? 0.15 : 0.02, () => pick(random, ['record', 'output']));
  maybe('resultsKey', 0.1, () => pick(random, ['r', 'é"', '__proto__']));
  maybe('envelopeBefore', rarely, () => ({ before: 'é', 1: [null] }));
  maybe('envelope', rarely, () => ({ after: { '😀': 1e21 } }));
  maybe('ascii', 0.3, () => chance(random, 0.8));
  maybe('compress', 0.15, () => pick(random, ['gzip', 'none']));
  maybe('map', 0.1, () => pick(random, MAPS));
  maybe('concurrency', 0.6, () => pick(random, [1, 1, 2, 3, 8, 1000]));
  maybe('queueSize', 0.3, () => pick(random, [1, 2, 64]));
  maybe('partSize', 0.1, () => between(random, 5 * 1024 ** 2, 8 * 1024 ** 2));
  maybe('readAttempts', 0.4, () => pick(random, [1, 2, 3, 5]));
  maybe('timeLimit', 0.05, () => between(random, 1, 3000));
  maybe('expectedRate', 0.05, () => pick(random, [1, 1e6, 1e12]));
  maybe('overwrite', 0.3, () => chance(random, 0.5));
  maybe('outputKey', 0.05, () => pick(random, ['{0}/{mapRunId}/{redrive}/doc.json', 'doc.json.gz', '{99}']));
  maybe('followDestinationBucket', 0.15, () => true);
  // A thread takes longer to start than the rest of a case.
  maybe('threads', 1, () => (chance(random, 0.005) ? pick(random, [1, 2, 'auto']) : 0));
  maybe('onProgress', 0.03, () => () => {
    throw new Thrown('onProgress');
  });
  const areWrong = chance(random, 0.02);
  if (areWrong) Object.assign(options, pick(random, WRONG));
  return { options: options as JobOptions, areWrong };
}

const MAPS: readonly NonNullable<AggregateOptions['map']>[] = [
  (value) => value,
  (value, { resultNumber }) => (resultNumber % 2 === 1 ? { n: resultNumber, value } : undefined),
  (value) => (value === null ? 1n : [value]),
  (value) => (value === true ? Promise.resolve() : '\ud800é'),
  (value) => {
    if (value === 7) throw new Thrown('map');
    return value;
  },
];
