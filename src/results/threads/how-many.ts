import { availableParallelism } from 'node:os';
import { ThreadPool } from './pool.ts';

/** In bytes: less is read before a thread has made up for its start. */
const WORTH_A_THREAD = 32 * 1024 ** 2;

/**
 * How many threads to read result files on, beside the one that receives and sends. Where that is left to us: one,
 * as files are passed on one after the other, so that others would mostly wait; none on a single core, nor for what is
 * read before a thread has made up for its start. A `map` stays on the thread of those who wrote it.
 */
export function howManyThreads(
  { threads, map }: { threads: number | 'auto'; map?: unknown },
  { files, bytes }: { files: readonly unknown[]; bytes: number },
): number {
  if (map) return 0;
  if (threads !== 'auto') return Math.min(threads, files.length);
  return bytes >= WORTH_A_THREAD && availableParallelism() > 1 && ThreadPool.isAvailable ? 1 : 0;
}
