import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { aggregate, type Summary } from '../aggregate.ts';
import { MapRunResultsError } from '../errors.ts';
import { formatLocation } from '../storage/location.ts';
import { type AggregateRequest, parseArgs } from './args.ts';
import { formatBytes, formatSeconds, ProgressLine } from './progress.ts';

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
    case 'aggregate':
      return await runAggregate(request.aggregate, surroundings);
  }
}

async function runAggregate(request: AggregateRequest, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, makeClient = (config) => new S3Client(config) } = surroundings;
  const toStdout = request.output === '-';
  const clients = { client: makeClient(request.client), uploadClient: makeClient(request.client) };
  const line = stderr.isTTY && !request.json ? new ProgressLine(stderr) : undefined;
  try {
    const summary = await aggregate({
      manifest: request.manifest,
      ...(request.output !== undefined && { output: toStdout ? stdout : request.output }),
      ...request.options,
      ...clients,
      onProgress: (progress) => line?.show(progress),
    });
    line?.clear();
    for (const warning of summary.warnings) stderr.write(`warning: ${warning}\n`);
    // Standard output is the document's where it was asked for.
    (toStdout ? stderr : stdout).write(request.json ? `${JSON.stringify(summary)}\n` : describe(summary));
    return DONE;
  } catch (error) {
    line?.clear();
    if (!(error instanceof MapRunResultsError)) throw error;
    stderr.write(`${error.name}: ${error.message}\n`);
    return error.name === 'InvalidOption' ? USAGE : FAILED;
  } finally {
    clients.client.destroy();
    clients.uploadClient.destroy();
  }
}

function describe(summary: Summary): string {
  const { bucket, key, path, results, files, bytesRead, bytesWritten, milliseconds } = summary;
  const onS3 = bucket !== undefined && key !== undefined;
  const where = onS3 ? formatLocation({ bucket, key }) : (path ?? 'standard output');
  return [
    `${counted(results, 'result')} from ${counted(files, 'result file')} in ${where}`,
    `${formatBytes(bytesRead)} read, ${formatBytes(bytesWritten)} written, in ${formatSeconds(milliseconds / 1000)}`,
    '',
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
