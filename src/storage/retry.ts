import { setTimeout } from 'node:timers/promises';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

/** In milliseconds: the bounds of the first pause and of any. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 10_000];

/** It was the connection or the moment that failed, not the request: it may go well another time. */
export class Interruption extends Error {}

/** Whether the same request may go well another time. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const sdkError = error as Parameters<typeof isTransientError>[0];
  return (
    error instanceof Interruption ||
    isTransientError(sdkError) ||
    isThrottlingError(sdkError) ||
    isServerError(sdkError)
  );
}

/**
 * Waits before another attempt: anything up to a bound that doubles with each, so that those who failed together do
 * not come back together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @throws The signal's reason once it is aborted.
 */
export async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  await setTimeout(Math.random() * longest, undefined, { signal }).catch(() => signal.throwIfAborted());
}
