import type { Writable } from 'node:stream';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { aggregate } from '../aggregate.ts';
import { cleanup } from '../cleanup.ts';
import { inspect } from '../inspect.ts';
import { UPLOADING } from '../storage/connections.ts';
import type { CleanupJob, JobRequest, MapRunJob } from './args.ts';
import { describeCleanup, describeInspection, describeLeftover, describeSummary } from './describe.ts';
import type { Printer } from './printer.ts';
import { ProgressLine } from './progress.ts';

/** What a job is given. */
export interface Tools {
  readonly stdout: Writable;
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly printer: Printer;
  /** Gives the job up. */
  readonly signal: AbortSignal;
  readonly makeClient: (config?: S3ClientConfig) => S3Client;
}

/** What a job has to say at its end. */
export interface Outcome {
  /** For machines. */
  readonly value: object;
  /** For people. */
  readonly lines: readonly string[];
  readonly warnings?: readonly string[];
  /** Standard output is the document's. */
  readonly aside?: boolean;
}

export async function perform({ kind, job }: JobRequest, tools: Tools): Promise<Outcome> {
  switch (kind) {
    case 'aggregate':
      return await runAggregate(job, tools);
    case 'inspect':
      return await runInspect(job, tools);
    default:
      return await runCleanup(job, tools);
  }
}

async function runAggregate(job: MapRunJob, tools: Tools): Promise<Outcome> {
  const line = tools.stderr.isTTY && !job.json ? new ProgressLine(tools.stderr) : undefined;
  const stopping = () => line?.replace('Stopping, and cleaning up. Once more to stop at once.');
  tools.signal.addEventListener('abort', stopping, { once: true });
  try {
    const value = await aggregate({
      ...optionsOf(job, tools),
      onProgress: (progress) => line?.show(progress),
    });
    const { warnings } = value;
    return { value, lines: describeSummary(value), warnings, aside: job.output === '-' };
  } finally {
    line?.clear();
  }
}

async function runInspect(job: MapRunJob, tools: Tools): Promise<Outcome> {
  const value = await inspect(optionsOf(job, tools));
  return { value, lines: describeInspection(value), warnings: value.warnings };
}

function optionsOf({ manifest, output, options }: MapRunJob, { stdout, makeClient, signal }: Tools) {
  return {
    ...options,
    manifest,
    ...(output !== undefined && { output: output === '-' ? stdout : output }),
    client: makeClient(),
    uploadClient: makeClient(UPLOADING),
    signal,
  };
}

async function runCleanup({ where, options, json }: CleanupJob, tools: Tools): Promise<Outcome> {
  const { dryRun = false } = options;
  const value = await cleanup({
    ...options,
    where,
    client: tools.makeClient(),
    signal: tools.signal,
    onLeftover: (leftover) => json || tools.printer.print(describeLeftover(leftover, dryRun)),
  });
  return { value, lines: [describeCleanup(value, dryRun)] };
}
