import { setMaxListeners } from 'node:events';
import { MapRunResultsError } from './errors.ts';

/** A controller for everything that one job starts, which the caller's signal aborts too. */
export function stopWith(signal: AbortSignal | undefined): AbortController {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One for each open file and each part under way.
  const abort = () =>
    stop.abort(new MapRunResultsError('AbortError', 'aborted by the caller', { cause: signal?.reason }));
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true, signal: stop.signal });
  return stop;
}

/**
 * Stops everything when the items fail, whether anybody is waiting for them or not. What fails further on, and is
 * thrown in here by a stream that is being destroyed, is not theirs.
 */
export async function* stopping<T>(items: AsyncIterable<T>, stop: AbortController): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await iterator.next();
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  try {
    for (let item = await next(); !item.done; item = await next()) yield item.value;
  } finally {
    await iterator.return?.();
  }
}
