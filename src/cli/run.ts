import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { MapRunResultsError } from '../errors.ts';
import { type JobRequest, parseArgs } from './args.ts';
import { escapedJson } from './escape.ts';
import { perform } from './jobs.ts';
import { Printer } from './printer.ts';
import { EXIT_CODES, type Signals, SignalWatch } from './signals.ts';

/** What the command line needs of its surroundings. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  /** Makes the clients; each command makes one for reading and one for uploading. */
  readonly makeClient?: (config: S3ClientConfig) => S3Client;
  /** What SIGINT and SIGTERM arrive at, and end. */
  readonly process?: Signals & { exit(code: number): unknown };
}

/** Exit codes: done, the job failed, wrong usage. Beside them, those of signals. */
const [DONE, FAILED, USAGE] = [0, 1, 2];

/** Runs a command line to its end and gives its exit code. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const printer = new Printer(surroundings);
  const request = parseArgs(argv, version());
  try {
    switch (request.kind) {
      case 'text':
        printer.print(...request.text.trimEnd().split('\n'));
        await printer.flush();
        return DONE;
      case 'usage':
        printer.note(...request.message.trimEnd().split('\n'));
        return USAGE;
      default:
        return await runJob(request, surroundings, printer);
    }
  } catch (error) {
    if (!(error instanceof MapRunResultsError)) {
      printer.note(...inspect(error).split('\n')); // A mistake of ours; Node would show it as it is.
      return FAILED;
    }
    printer.note(`${error.name}: ${error.message}`);
    return error.name === 'InvalidOption' ? USAGE : FAILED;
  }
}

async function runJob(request: JobRequest, surroundings: Surroundings, printer: Printer): Promise<number> {
  const { stdout, stderr, makeClient = (config) => new S3Client(config) } = surroundings;
  const clients: S3Client[] = [];
  const watch = new SignalWatch(surroundings.process);
  const tools = {
    ...{ stdout, stderr, printer, signal: watch.signal },
    makeClient: (config: S3ClientConfig = {}) => {
      const client = makeClient({ ...request.job.client, ...config });
      clients.push(client);
      return client;
    },
  };
  try {
    const { value, lines, warnings, aside } = await perform(request, tools);
    watch.end(); // What is still to be printed, nobody need wait for.
    for (const warning of warnings ?? []) printer.note(`warning: ${warning}`);
    if (watch.received) printer.note(`${watch.received} came too late: the job is done`);
    const said = request.job.json ? [escapedJson(value)] : lines;
    if (aside) printer.note(...said);
    else printer.print(...said);
    await printer.flush('the job is done, but ');
    return DONE;
  } catch (error) {
    // A job that failed by itself, before it was stopped or while it was, has not been stopped.
    const stopped = error instanceof MapRunResultsError && error.name === 'AbortError';
    if (!watch.received || !stopped) throw error;
    printer.note(`${watch.received}: ${error.message}`);
    // Standard output that nobody reads would keep the process, though it has been asked to end.
    surroundings.process?.exit(EXIT_CODES[watch.received]);
    return EXIT_CODES[watch.received];
  } finally {
    watch.end();
    for (const client of clients) client.destroy();
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
