import { setMaxListeners } from 'node:events';
import { MapRunResultsError } from './errors.ts';
import type { Plan } from './map-run/plan.ts';
import type { Settings } from './options.ts';

/** A controller for everything that one job starts, which the caller's signal and the time limit abort too. */
export function stopWith({ signal, timeLimit }: Pick<Settings, 'signal' | 'timeLimit'>): AbortController {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One for each open file and each part under way.
  if (timeLimit !== undefined) {
    const late = new MapRunResultsError('DeadlineExceeded', `the time limit of ${timeLimit} ms is up`);
    const timer = setTimeout(() => stop.abort(late), timeLimit);
    stop.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
  const abort = () =>
    stop.abort(new MapRunResultsError('AbortError', 'aborted by the caller', { cause: signal?.reason }));
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true, signal: stop.signal });
  return stop;
}

/**
 * Refuses at once what would not be done in time.
 * @param started When the work began, by `performance.now()`.
 * @throws MapRunResultsError `DeadlineExceeded`
 */
export function refuseLate(
  { timeLimit, expectedRate }: Pick<Settings, 'timeLimit' | 'expectedRate'>,
  plan: Plan,
  started: number,
): void {
  if (timeLimit === undefined || expectedRate === undefined) return;
  const left = Math.round(timeLimit - (performance.now() - started));
  const needed = Math.ceil((plan.bytes / expectedRate) * 1000);
  if (needed <= left) return;
  const message = `the result files, ${plan.bytes} bytes, would take ${needed} ms at ${expectedRate} bytes a second, and ${left} ms are left`;
  throw new MapRunResultsError('DeadlineExceeded', message);
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
