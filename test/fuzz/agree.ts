import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { disagreement, hostileFile } from '../support/agreement.ts';
import { seeded } from '../support/random.ts';

/** What one process does: every `step`th case from `first` on. */
interface Share {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly cases: number;
}

/** How many cases have been done, and the first in which the readers differ, if there is one. */
interface Report {
  readonly done: number;
  readonly difference?: string;
}

const EVERY = 2000;
const HELP = `Usage: npm run agree -- [options]

Has both readers read made-up files, right and wrong, cut into chunks at random, and compares everything that they give.

  --cases <n>  how many (default: 100000)
  --seed <n>   of the cases (default: 1)
  --from <n>   the number of the first, to see one again (default: 0)
  --jobs <n>   processes (default: as many as there are cores)
  --help       print this
`;

/** Of the same seed and number, the same file. */
function fileOf(seed: number, number: number) {
  return hostileFile(seeded(Math.imul(seed, 0x9e3779b1) + number));
}

async function work({ seed, first, step, cases }: Share, report: (report: Report) => void): Promise<void> {
  let done = 0;
  Error.stackTraceLimit = 0; // Traces take longer than most cases, and nobody reads them.
  for (let number = first; number < cases; number += step) {
    const difference = await disagreement(fileOf(seed, number));
    done++;
    if (difference !== undefined)
      return report({ done, difference: `--seed ${seed} --from ${number} --cases 1\n${difference}` });
    if (done % EVERY === 0) {
      report({ done });
      done = 0;
    }
  }
  report({ done });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [cases, seed, from, jobs] = (['cases', 'seed', 'from', 'jobs'] as const).map((name) => {
    if (/^\d+$/.test(values[name])) return Number(values[name]);
    throw new RangeError(`--${name} must be a whole number, got ${JSON.stringify(values[name])}`);
  }) as [number, number, number, number];
  const started = performance.now();
  const children: ChildProcess[] = [];
  let done = 0;
  let difference: string | undefined;

  const runShare = (first: number) =>
    new Promise<void>((resolve, reject) => {
      const share: Share = { seed, first, step: jobs, cases: from + cases };
      const child = fork(fileURLToPath(import.meta.url), [], {
        env: { ...process.env, AGREE_SHARE: JSON.stringify(share) },
      });
      children.push(child);
      child.on('message', (report: Report) => {
        done += report.done;
        difference ??= report.difference;
        if (report.difference !== undefined) for (const other of children) other.kill();
        const rate = Math.round(done / ((performance.now() - started) / 1000));
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${cases} cases, ${rate} a second`);
      });
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        code === 0 || difference !== undefined
          ? resolve()
          : reject(new Error(`a process ended with ${signal ?? code}`)),
      );
    });
  await Promise.all(Array.from({ length: jobs }, (_, job) => runShare(from + job)));

  const seconds = (performance.now() - started) / 1000;
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (difference === undefined && done === cases) {
    process.stdout.write(
      `The readers agree in ${done} cases of seed ${seed}: ${Math.round(seconds)} s, ${Math.round(done / seconds)} cases a second.\n`,
    );
    return 0;
  }
  process.stdout.write(`The readers differ, after ${done} cases:\n${difference}\n`);
  return 1;
}

if (process.env.AGREE_SHARE === undefined) process.exitCode = await main();
else {
  await work(JSON.parse(process.env.AGREE_SHARE) as Share, (report) => process.send?.(report));
  process.disconnect();
}
