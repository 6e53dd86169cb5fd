import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { aggregate } from '../aggregate.ts';
import { MapRunResultsError } from '../errors.ts';
import { inspect } from '../inspect.ts';
import { type JobRequest, parseArgs } from './args.ts';
import { describeInspection, describeSummary } from './describe.ts';
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
  const { stdout, stderr } = surroundings;
  const request = parseArgs(argv, version());
  switch (request.kind) {
    case 'text':
      stdout.write(request.text);
      return DONE;
    case 'usage':
      stderr.write(request.message);
      return USAGE;
    default:
      return await runJob(
        request.kind === 'aggregate' ? runAggregate : runInspect,
        request.job,
        surroundings,
      );
  }
}

type Job = (request: JobRequest, options: JobOptions, surroundings: Surroundings) => Promise<void>;
type JobOptions = Parameters<typeof aggregate>[0];

async function runJob(job: Job, request: JobRequest, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, makeClient = (config) => new S3Client(config) } = surroundings;
  const { manifest, output } = request;
  const clients = { client: makeClient(request.client), uploadClient: makeClient(request.client) };
  const where = output === undefined ? {} : { output: output === '-' ? stdout : output };
  try {
    await job(request, { manifest, ...where, ...request.options, ...clients }, surroundings);
    return DONE;
  } catch (error) {
    if (!(error instanceof MapRunResultsError)) throw error;
    stderr.write(`${error.name}: ${error.message}\n`);
    return error.name === 'InvalidOption' ? USAGE : FAILED;
  } finally {
    clients.client.destroy();
    clients.uploadClient.destroy();
  }
}

const runAggregate: Job = async ({ output, json }, options, { stdout, stderr }) => {
  const line = stderr.isTTY && !json ? new ProgressLine(stderr) : undefined;
  try {
    const summary = await aggregate({ ...options, onProgress: (progress) => line?.show(progress) });
    line?.clear();
    warn(stderr, summary.warnings);
    // Standard output is the document's where that was asked for.
    (output === '-' ? stderr : stdout).write(
      json ? `${JSON.stringify(summary)}\n` : describeSummary(summary),
    );
  } finally {
    line?.clear();
  }
};

const runInspect: Job = async ({ json }, options, { stdout, stderr }) => {
  const inspection = await inspect(options);
  warn(stderr, inspection.warnings);
  stdout.write(json ? `${JSON.stringify(inspection)}\n` : describeInspection(inspection));
};

function warn(stderr: Writable, warnings: readonly string[]): void {
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
