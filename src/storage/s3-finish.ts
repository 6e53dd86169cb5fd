import {
  type CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { wordsOf } from '../errors.ts';
import { isTransient, pause } from './retry.ts';

/** User-defined metadata of what we write: which run wrote it. */
export const RUN_METADATA = 'map-run-results-run';

/** How often the object is asked to be made, beyond the SDK's own attempts. */
const ATTEMPTS = 3;

/** In milliseconds, once the work is given up: for the last answer to come, and then for finding out without it. */
const [GRACE, FINDING_OUT] = [3_000, 2_000];

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** The object at `target` if it is there: its ETag, and the run that wrote it if that was one of ours. */
export async function head(
  client: S3Client,
  target: Target,
  signal: AbortSignal,
): Promise<{ ETag: string | undefined; run: string | undefined } | undefined> {
  try {
    const { ETag, Metadata } = await client.send(new HeadObjectCommand(target), { abortSignal: signal });
    return { ETag, run: Metadata?.[RUN_METADATA] };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return undefined;
    throw error;
  }
}

/**
 * A signal for requests that are better answered than cancelled, as their outcome would be unknown: it is aborted
 * only some time after `signal` is.
 */
export function graceful(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(() => late.abort(signal.reason), GRACE);
  };
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', wait);
  };
  return { signal: late.signal, end };
}

/**
 * Sends the request that makes the object of an upload, and tells its true outcome. Its answer can be lost after the
 * object was made, and can be a success with an error in it; a repeated request is then refused, as the upload is gone
 * or the object there. So whatever is not an answer with an ETag is settled by looking at who wrote the object.
 * @param run What the object's metadata name if it is ours.
 * @param signal Not to try again once it is aborted. `late` cancels what is under way.
 * @throws What the request failed with, if the object is not ours.
 */
export async function finish(
  client: S3Client,
  command: CompleteMultipartUploadCommand | PutObjectCommand,
  target: Target,
  run: string,
  signal: AbortSignal,
  late: AbortSignal,
): Promise<{ ETag?: string | undefined }> {
  for (let attempt = 1; ; attempt++) {
    let failure: unknown;
    try {
      const answer = await client.send(command as PutObjectCommand, { abortSignal: late });
      if (answer.ETag) return answer;
    } catch (error) {
      failure = error;
    }
    const findingOut = late.aborted ? AbortSignal.timeout(FINDING_OUT) : late;
    const object = await head(client, target, findingOut).catch((error: unknown) => {
      const words = failure ? wordsOf(failure) : 'S3 answered without an ETag';
      throw new Error(`${words}; whether the object is there could not be found out: ${headWords(error)}`, {
        cause: failure ?? error,
      });
    });
    if (object?.run === run && object.ETag) return object;
    if (attempt === ATTEMPTS || (failure && !isTransient(failure)))
      throw failure ?? new Error('S3 answered without an ETag');
    await pause(attempt, signal);
  }
}

/** An answer to HeadObject has no body, so there are no words in it. */
function headWords(error: unknown): string {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === undefined ? wordsOf(error) : `HeadObject was answered with status ${status}`;
}
