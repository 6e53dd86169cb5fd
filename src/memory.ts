import { RUN_AHEAD } from './in-order.ts';
import { BATCH_MEMORY } from './results/reader.ts';
import { BLOCK_SIZE, BLOCKS_AHEAD } from './results/threads/pool.ts';

/** In bytes, measured (see test/bench): Node.js and the AWS SDK, and what V8 frees late, young objects and parts. */
const [BASE, LATE] = [70_000_000, 100_000_000];

/**
 * What one job takes at most, in bytes: what is there anyway or freed late, the parts under way and the two being made,
 * and for each open file the batches that it runs ahead by, the result being read, and what a thread has been given.
 * @param largest The largest result, or its record, in bytes; `maxResultBytes` bounds it.
 */
export function memoryOf(
  partSize: number,
  { queueSize, concurrency, threads }: { queueSize: number; concurrency: number; threads: number },
  largest = BATCH_MEMORY,
): number {
  const blocks = threads === 0 ? 0 : BLOCKS_AHEAD * BLOCK_SIZE;
  const batch = Math.max(BATCH_MEMORY, largest);
  return BASE + LATE + (queueSize + 2) * partSize + concurrency * ((RUN_AHEAD + 2) * batch + blocks);
}
