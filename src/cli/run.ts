import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { inspect as show } from 'node:util';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { aggregate } from '../aggregate.ts';
import { MapRunResultsError } from '../errors.ts';
import { inspect } from '../inspect.ts';
import { UPLOADING } from '../storage/connections.ts';
import { type JobRequest, parseArgs } from './args.ts';
import { describeInspection, describeSummary } from './describe.ts';
import { escapedJson } from './escape.ts';
import { Printer } from './printer.ts';
import { ProgressLine } from './progress.ts';

/** What the command line needs of its surroundings. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  /** Makes the clients; each command makes one for reading and one for uploading. */
  readonly makeClient?: (config: S3ClientConfig) => S3Client;
}

/** Exit codes: done, the job failed, wrong usage. */
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
        await runJob(
          request.kind === 'aggregate' ? runAggregate : runInspect,
          request.job,
          surroundings,
          printer,
        );
        await printer.flush('the job is done, but ');
        return DONE;
    }
  } catch (error) {
    if (!(error instanceof MapRunResultsError)) {
      printer.note(...show(error).split('\n')); // A mistake of ours; Node would show it as it is.
      return FAILED;
    }
    printer.note(`${error.name}: ${error.message}`);
    return error.name === 'InvalidOption' ? USAGE : FAILED;
  }
}

/** What a job has to say: for people, and for machines. */
interface Outcome {
  readonly lines: readonly string[];
  readonly value: { readonly warnings: readonly string[] };
}
type Job = (options: JobOptions, line: ProgressLine | undefined) => Promise<Outcome>;
type JobOptions = Parameters<typeof aggregate>[0];

async function runJob(
  job: Job,
  { manifest, output, options, json, client }: JobRequest,
  { stdout, stderr, makeClient = (config) => new S3Client(config) }: Surroundings,
  printer: Printer,
): Promise<void> {
  const clients = { client: makeClient(client), uploadClient: makeClient({ ...client, ...UPLOADING }) };
  const where = output === undefined ? {} : { output: output === '-' ? stdout : output };
  const line = stderr.isTTY && !json ? new ProgressLine(stderr) : undefined;
  try {
    const { lines, value } = await job({ manifest, ...where, ...options, ...clients }, line);
    line?.clear();
    for (const warning of value.warnings) printer.note(`warning: ${warning}`);
    const said = json ? [escapedJson(value)] : lines;
    // Standard output is the document's where that was asked for.
    if (job === runAggregate && output === '-') printer.note(...said);
    else printer.print(...said);
  } finally {
    line?.clear();
    clients.client.destroy();
    clients.uploadClient.destroy();
  }
}

const runAggregate: Job = async (options, line) => {
  const value = await aggregate({ ...options, onProgress: (progress) => line?.show(progress) });
  return { value, lines: describeSummary(value) };
};

const runInspect: Job = async (options) => {
  const value = await inspect(options);
  return { value, lines: describeInspection(value) };
};

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
