import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import { run, type Surroundings } from '../../src/cli/run.ts';
import { LOADERS } from './loaders.ts';
import { stubS3 } from './stub-s3.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a process ended: by itself with a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a TypeScript file of this project as a process of its own. */
export function startScript(
  script: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { process: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...environment };
  const child = spawn(process.execPath, [...LOADERS, script, ...argv], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [kept(child.stdout), kept(child.stderr)];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
  });
  return { process: child, ended };
}

/** Runs one to its end. */
export async function runScript(...args: Parameters<typeof startScript>): Promise<Ended> {
  return await startScript(...args).ended;
}

/** Runs the command line in this process, with streams and a client of its own. */
export async function runWith(
  argv: readonly string[],
  { tty = false, client = stubS3().client, ...surroundings }: Partial<Surroundings> & With = {},
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: tty, columns: 80 })];
  const [out, err] = [kept(stdout), kept(stderr)];
  const code = await run(argv, { stdout, stderr, makeClient: () => client, ...surroundings });
  return { code, out: out(), err: err() };
}

interface With {
  readonly tty?: boolean;
  readonly client?: S3Client;
}

/** Reads a stream as it is written; gives what there was. */
function kept(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
