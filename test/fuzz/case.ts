import { inspect } from 'node:util';
import { between, chance, pick, type Random, seeded } from '../support/random.ts';
import { FaultPlan, hash } from './fault-plan.ts';
import { type JobOptions, makeOptions } from './job-options.ts';
import { mutate } from './mutations.ts';
import { makeRun, type Run } from './runs.ts';

/** A case before it is run: everything that is drawn, from its seed and number alone. */
export interface Case {
  readonly name: string;
  readonly random: Random;
  readonly bucket: string;
  readonly place: 'memory' | 'files' | 'HTTP';
  readonly run: Run;
  readonly manifest: Buffer;
  /** What was done to the files, in words. */
  readonly done: readonly string[];
  readonly options: JobOptions;
  /** Whether the options are to be refused whatever there is to do. */
  readonly areWrong: boolean;
  readonly plan: FaultPlan;
  /** Keys. Without an output the document goes to a stream, or where it goes by default. */
  readonly output: string | undefined;
  readonly toStream: boolean;
  readonly rerun: string | undefined;
  /** What is at the output and at the rerun list before. */
  readonly old: Buffer | undefined;
  /** What DescribeMapRun says. */
  readonly counts: 'right' | 'wrong' | 'none';
}

const OUTPUTS = ['out/document.json', 'out/document.json', 'out/é %2b+"<&>.json', 'out/document.json.gz'];
const RERUNS = [
  'out/rerun.json',
  'out/rerun.json',
  'out/rerun.jsonl',
  'out/rerun.jsonl',
  'out/document.json',
];

export function makeCase(seed: number, number: number): Case {
  const random = seeded(hash(`${seed} ${number}`));
  const place = pick(random, [...Array(28).fill('memory'), 'files', 'HTTP'] as Case['place'][]);
  const bucket = place === 'HTTP' ? `fuzz-${seed}-${number}` : 'bucket';
  const size = chance(random, 0.03) ? 'large' : 'small';
  const run = makeRun(random, bucket, size);
  const { manifest, done } = mutate(random, run, place !== 'files');
  const { options, areWrong } = makeOptions(random, run);
  const faulty = place !== 'files' && chance(random, size === 'large' ? 0.9 : 0.5);
  const plan = new FaultPlan(random, {
    rate: faulty ? pick(random, [0.02, 0.1, 0.1, 0.3]) : 0,
    fatal: faulty ? pick(random, [0, 0, 0.02]) : 0,
    checksums: chance(random, 0.5),
    abortAt: chance(random, 0.06) ? between(random, 1, 15) : undefined,
    readAttempts: options.readAttempts ?? 5,
  });
  const inputs = [run.manifestKey, ...run.files.keys()];
  const toStream = chance(random, 0.05);
  const output = chance(random, 0.02) ? pick(random, inputs) : pick(random, OUTPUTS);
  const byDefault = place === 'memory' && chance(random, 0.1);
  const failures = options.failures === 'omit' || options.failures === 'append';
  return {
    name: `--seed ${seed} --case ${number}`,
    ...{ random, bucket, place, run, manifest, done, options, areWrong, plan, toStream },
    output: toStream || byDefault ? undefined : output,
    rerun: chance(random, failures ? 0.4 : 0.01) ? pick(random, RERUNS) : undefined,
    old: chance(random, 0.3) ? Buffer.from(pick(random, ['old', '{"results":["old"]}'])) : undefined,
    counts: pick(random, ['right', 'right', 'wrong', 'none'] as const),
  };
}

/** What there is to know of a case, to see what happened in it. */
export function describeCase(drawn: Case): string {
  const { place, run, manifest, done, options, plan, output, toStream, rerun, old, counts } = drawn;
  const { client: _, uploadClient: __, ...shown } = options as JobOptions & Record<string, unknown>;
  const contents = [[run.manifestKey, manifest] as const, ...run.files];
  return [
    `in ${place}: ${run.transformation}, ${run.outputType}`,
    ...done.map((what) => `  ${what}`),
    `options ${inspect(shown, { breakLength: Number.POSITIVE_INFINITY })}`,
    `output ${toStream ? 'a stream' : output}, rerun ${rerun}, there before ${old}, counts ${counts}`,
    `faults ${inspect(plan.rates, { breakLength: Number.POSITIVE_INFINITY })}`,
    ...plan.injected.map((what) => `  ${what}`),
    ...contents.map(
      ([key, bytes]) => `${key}, ${bytes.length} bytes: ${JSON.stringify(bytes.toString().slice(0, 1500))}`,
    ),
  ].join('\n');
}
