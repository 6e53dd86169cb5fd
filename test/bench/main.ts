import { constants } from 'node:buffer';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ContenderName, Job, Report } from './contenders.ts';
import { type Fixtures, makeFixtures } from './fixtures.ts';
import { CEILING, conditions, describeConditions, type Run, standings, table } from './report.ts';
import type { ServerReady } from './server.ts';
import { parseCommandLine, type Settings } from './settings.ts';
import { difference, PARTS_PATH, type Swallowed } from './uploads.ts';

// This process must stay small: Linux counts what a child's parent had in memory towards the child's own peak.

/** Exit codes: done, a contender failed or did something else than it should have, wrong usage. */
const [DONE, FAILED, USAGE] = [0, 1, 2];

/** Twice as much does not fit the heap that Node allows itself by default. */
const MOST_IN_MEMORY = 512 * 1024 ** 2;

async function main(argv: readonly string[]): Promise<number> {
  const request = parseCommandLine(argv);
  switch (request.kind) {
    case 'help':
      process.stdout.write(request.text);
      return DONE;
    case 'usage':
      process.stderr.write(request.message);
      return USAGE;
    case 'run':
      try {
        await bench(request.settings);
        return DONE;
      } catch (error) {
        process.stderr.write(`error: ${(error as Error).message}\n`);
        return FAILED;
      }
  }
}

async function bench(settings: Settings): Promise<void> {
  const fixtures = makeFixtures(settings);
  const facts = conditions(settings, fixtures);
  if (!settings.json) process.stdout.write(`${describeConditions(facts)}\n`);

  const skipped = whyNotInMemory(settings, fixtures);
  const contenders: ContenderName[] = ['aggregate', CEILING];
  if (skipped === undefined) contenders.push('whole-document');

  const { child: server, message } = await start<ServerReady>('./server', settings);
  try {
    const runs: Run[] = [];
    for (let round = 1; round <= settings.runs; round++) {
      for (const contender of contenders)
        runs.push(await runOnce(contender, round, message.endpoint, settings, fixtures));
    }
    const medians = standings(runs);
    if (settings.json) process.stdout.write(`${JSON.stringify({ ...facts, runs, medians, skipped })}\n`);
    else process.stdout.write(`${table(medians)}${skipped === undefined ? '' : `\n${skipped}\n`}`);
  } finally {
    server.disconnect();
  }
}

function whyNotInMemory({ size }: Settings, { files, documentBytes }: Fixtures): string | undefined {
  const longest = Math.max(documentBytes, ...files.map((file) => file.bytes));
  if (longest > constants.MAX_STRING_LENGTH)
    return `whole-document was left out: it would need a string of ${longest} bytes, more than V8 can make`;
  if (size > MOST_IN_MEMORY)
    return 'whole-document was left out: beyond 512 MiB it needs more than the default heap';
  return undefined;
}

async function runOnce(
  contender: ContenderName,
  round: number,
  endpoint: string,
  { concurrency, runs }: Settings,
  fixtures: Fixtures,
): Promise<Run> {
  const key = `${contender}/${round}.json`;
  const job: Job = { contender, endpoint, key, concurrency };
  const { child, message: report } = await start<Report>('./contenders', job);
  await once(child, 'exit'); // The next one must have the machine to itself.
  const answer = await fetch(endpoint + PARTS_PATH + key);
  const wrong = faultOf(report, (await answer.json()) as Swallowed[] | null, contender, fixtures);
  if (wrong !== undefined) throw new Error(`round ${round}: ${contender} is wrong: ${wrong}`);
  process.stderr.write(`round ${round} of ${runs}: ${contender} took ${report.seconds.toFixed(2)} s\n`);
  return { round, contender, ...report };
}

/** A benchmark of something that does another thing than it should is worth nothing. */
function faultOf(
  report: Report,
  parts: Swallowed[] | null,
  contender: ContenderName,
  { bytes, results, documentBytes, files, document }: Fixtures,
): string | undefined {
  if (parts === null) return 'the server has no object of it';
  if (report.bytesIn !== bytes) return `it read ${report.bytesIn} bytes instead of ${bytes}`;
  if (contender === CEILING) return difference(parts, bytes, concatenated(files));
  if (report.results !== results) return `it has ${report.results} results instead of ${results}`;
  if (report.bytesOut !== documentBytes)
    return `it wrote ${report.bytesOut} bytes instead of ${documentBytes}`;
  return difference(parts, documentBytes, document());
}

function* concatenated(files: Fixtures['files']) {
  for (const file of files) yield* file.content();
}

/** As compiled for measuring, or as loaded by the tests. */
const EXTENSION = import.meta.url.slice(-3);

/** Starts a module in a process of its own and waits for its first message. */
async function start<T>(module: string, argument: unknown): Promise<{ child: ChildProcess; message: T }> {
  const child = fork(new URL(module + EXTENSION, import.meta.url), [JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // Standard output is the report's alone.
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const message = await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${module} ended with ${signal ?? code}`)));
  });
  return { child, message };
}

process.exitCode = await main(process.argv.slice(2));
