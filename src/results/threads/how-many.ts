import { availableParallelism } from 'node:os';
import { ThreadPool } from './pool.ts';

/** In bytes: less is read before a thread has started. */
const WORTH_A_THREAD = 16 * 1024 ** 2;

/** More are not known to pay: one thread must still receive, join and send everything. */
const MOST = 4;

/**
 * How many threads to read result files on, beside the one that receives and sends. Where that is left to us: none on
 * a single core, nor for what is read before a thread has started. A `map` stays on the thread of those who wrote it.
 */
export function howManyThreads(
  { threads, map }: { threads: number | 'auto'; map?: unknown },
  { files, bytes }: { files: readonly unknown[]; bytes: number },
): number {
  if (map) return 0;
  if (threads !== 'auto') return Math.min(threads, files.length);
  if (bytes < WORTH_A_THREAD || !ThreadPool.isAvailable) return 0;
  return Math.min(availableParallelism() - 1, files.length, MOST);
}
