import { type ChildProcess, execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import { run, type Surroundings } from '../../src/cli/run.ts';
import { deferred } from './streams.ts';
import { stubS3 } from './stub-s3.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  /** -1 where a signal ended it. */
  readonly code: number;
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
  const ended = deferred<Ended>();
  const started = execFile(
    process.execPath,
    ['--import', 'tsx', script, ...argv],
    { cwd: ROOT, env, maxBuffer: 64 * 1024 ** 2 },
    (error, stdout, stderr) =>
      ended.resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
  );
  return { process: started, ended: ended.promise };
}

/** Runs it to its end. */
export function runScript(...script: Parameters<typeof startScript>): Promise<Ended> {
  return startScript(...script).ended;
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
function kept(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
