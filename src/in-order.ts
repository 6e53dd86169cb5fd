import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import pLimit from 'p-limit';
import { stopping } from './stop.ts';

/** Batches that an open result file may run ahead of the document. */
export const RUN_AHEAD = 8;

/**
 * Reads the files at the same time, `concurrency` of them, but passes their batches on in order. A file counts as
 * open until its last batch is taken, so the buffers of open files are all there is, and the first one that has not
 * been passed on yet is always open, so nothing waits for ever. The first file that fails stops everything.
 */
export async function* inOrder<F, B>(
  files: readonly F[],
  read: (file: F) => AsyncIterable<B>,
  concurrency: number,
  stop: AbortController,
): AsyncGenerator<B, void> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  stop.signal.addEventListener('abort', () => limit.clearQueue(), { once: true });

  const open = (file: F) =>
    new Promise<Readable>((resolve, reject) => {
      limit(async () => {
        const batches = Readable.from(stopping(read(file), stop), { highWaterMark: RUN_AHEAD });
        batches.read(0); // Begin now rather than when its turn has come.
        resolve(batches);
        await finished(batches);
      }).catch(() => reject(stop.signal.reason));
    });
  const opened = files.map(open);
  for (const batches of opened) batches.catch(() => {}); // The first that fails is thrown below; the others never.
  for (const batches of opened) yield* await batches;
}
