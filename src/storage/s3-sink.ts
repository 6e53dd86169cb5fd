import { randomUUID } from 'node:crypto';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import { formatLocation, type S3Location } from './location.ts';
import { finish, graceful, head, RUN_METADATA } from './s3-finish.ts';
import { accessParams, objectParams, type S3Options } from './s3-options.ts';
import { destinationExists, firstCause, type Write } from './storage.ts';

export interface S3SinkOptions extends S3Options {
  /** In bytes; queueSize + 2 parts are in memory at most. */
  readonly partSize: number;
  /** Parts under way at once. */
  readonly queueSize: number;
  readonly contentType: string;
  readonly contentEncoding?: string | undefined;
  readonly overwrite: boolean;
}

/** In milliseconds: how long an abort may take. A Lambda function that waits longer may be stopped before it throws. */
const ABORT_TIMEOUT = 4_000;

/** Writes to S3: a document smaller than one part by PutObject, any other by a multipart upload. */
export function s3Sink(
  client: S3Client,
  location: S3Location,
  options: S3SinkOptions,
  signal: AbortSignal,
): Write {
  const { partSize, queueSize, contentType, contentEncoding, overwrite } = options;
  const target = { Bucket: location.bucket, Key: location.key, ...accessParams(options) };
  return async (source) => {
    // Destroyed, a stream made of a generator first waits for what the generator waits for; this one closes at once.
    const document = pipeline(source, new PassThrough(), () => {});
    const run = randomUUID();
    const watched = watch(client, document, target, run, signal);
    const { Metadata, ...params } = objectParams(options);
    try {
      // S3 itself refuses only at the end, after all the work.
      if (!overwrite && (await exists(client, target, signal))) throw destinationExists(location);
      const upload = new Upload({
        client: watched.client,
        params: {
          ...target,
          ...params,
          Metadata: { ...Metadata, [RUN_METADATA]: run },
          Body: document,
          ContentType: contentType,
          ContentEncoding: contentEncoding,
          ...(!overwrite && { IfNoneMatch: '*' }),
        },
        partSize,
        queueSize,
        // We abort ourselves: an abort of Upload's own that fails would replace the first error.
        leavePartsOnError: true,
      });
      return (await upload.done()).ETag;
    } catch (error) {
      source.destroy();
      document.destroy();
      const cause = watched.firstError() ?? firstCause(error, signal);
      const leftover = await abort(client, target, watched.uploadId());
      throw writeError(location, cause, leftover, signal);
    } finally {
      watched.end();
    }
  };
}

/**
 * The client as Upload is given it: it notes the upload's id and the first request that failed, and then destroys the
 * document (Upload itself would wait for ever for one that stalls) and cancels the other parts. It sends nothing more
 * once the signal is aborted. Parts are cancelled in flight then; a create, complete or put is given some
 * time, as its outcome would be unknown.
 */
function watch(
  client: S3Client,
  document: Readable,
  target: { Bucket: string; Key: string },
  run: string,
  signal: AbortSignal,
) {
  let uploadId: string | undefined;
  let firstError: unknown;
  const parts = new AbortController();
  const late = graceful(signal);
  const cancelParts = () => parts.abort(signal.reason);
  signal.addEventListener('abort', cancelParts, { once: true });

  const send: S3Client['send'] = async (command: Parameters<S3Client['send']>[0]) => {
    try {
      signal.throwIfAborted();
      if (command instanceof CompleteMultipartUploadCommand || command instanceof PutObjectCommand)
        return await finish(client, command, target, run, signal, late.signal);
      if (command instanceof UploadPartCommand)
        return await client.send(command, { abortSignal: parts.signal });
      const answer = await client.send(command, { abortSignal: late.signal });
      if (command instanceof CreateMultipartUploadCommand && 'UploadId' in answer) uploadId = answer.UploadId;
      return answer;
    } catch (error) {
      firstError ??= firstCause(error, signal);
      document.destroy();
      parts.abort();
      throw error;
    }
  };
  return {
    client: Object.create(client, { send: { value: send } }) as S3Client,
    uploadId: () => uploadId,
    firstError: () => firstError,
    end: () => {
      late.end();
      signal.removeEventListener('abort', cancelParts);
    },
  };
}

/** Where it cannot be told, S3 is left to say so at the end. */
async function exists(
  client: S3Client,
  target: { Bucket: string; Key: string },
  signal: AbortSignal,
): Promise<boolean> {
  return head(client, target, signal).then(
    (object) => object !== undefined,
    () => false,
  );
}

/** A multipart upload that could not be aborted. */
interface Leftover {
  readonly uploadId: string;
  readonly words: string;
}

/** Aborts the upload, if there is one; tells what is left when that fails. */
async function abort(
  client: S3Client,
  target: { Bucket: string; Key: string },
  uploadId: string | undefined,
): Promise<Leftover | undefined> {
  if (uploadId === undefined) return undefined;
  try {
    const command = new AbortMultipartUploadCommand({ ...target, UploadId: uploadId });
    await client.send(command, { abortSignal: AbortSignal.timeout(ABORT_TIMEOUT) });
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchUpload') return undefined;
    const words = `. Aborting its multipart upload ${uploadId} failed as well, so its parts are still there: ${wordsOf(error)}`;
    return { uploadId, words };
  }
}

/** The first error, as it is unless S3 raised it, with what is left. */
function writeError(
  location: S3Location,
  cause: unknown,
  leftover: Leftover | undefined,
  signal: AbortSignal,
) {
  const isOurs = cause instanceof MapRunResultsError || (signal.aborted && cause === signal.reason);
  const error = isOurs ? cause : s3Error(location, cause);
  if (!leftover) return error;
  const { uploadId, words } = leftover;
  const known = error instanceof MapRunResultsError ? error : undefined;
  return new MapRunResultsError(known?.name ?? 'WriteFailed', `${known?.message ?? wordsOf(error)}${words}`, {
    ...location,
    cause,
    uploadId,
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function s3Error(location: S3Location, cause: unknown): MapRunResultsError {
  const { $metadata } = (cause ?? {}) as { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === 412) return destinationExists(location, cause);
  const conflict = $metadata?.httpStatusCode === 409;
  const why = conflict ? 'met another that writes the same object' : 'failed';
  return new MapRunResultsError(
    conflict ? 'DestinationConflict' : 'WriteFailed',
    `writing ${formatLocation(location)} ${why}: ${wordsOf(cause)}`,
    { ...location, cause },
  );
}
