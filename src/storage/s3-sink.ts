import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import { formatLocation, type S3Location } from './location.ts';
import { accessParams, objectParams, type S3Options } from './s3-options.ts';
import { firstCause, type Write } from './storage.ts';

export interface S3SinkOptions extends S3Options {
  /** In bytes; queueSize + 2 parts are in memory at most. */
  readonly partSize: number;
  /** Parts under way at once. */
  readonly queueSize: number;
  readonly contentType: string;
  readonly contentEncoding?: string | undefined;
}

/** Writes to S3: a document smaller than one part by PutObject, any other by a multipart upload. */
export function s3Sink(
  client: S3Client,
  location: S3Location,
  options: S3SinkOptions,
  signal: AbortSignal,
): Write {
  const { partSize, queueSize, contentType, contentEncoding } = options;
  const target = { Bucket: location.bucket, Key: location.key, ...accessParams(options) };
  return async (document) => {
    const watched = watch(client, document, signal);
    const upload = new Upload({
      client: watched.client,
      params: {
        ...target,
        ...objectParams(options),
        Body: document,
        ContentType: contentType,
        ContentEncoding: contentEncoding,
      },
      partSize,
      queueSize,
      // We abort ourselves: an abort of Upload's own that fails would replace the first error.
      leavePartsOnError: true,
    });
    try {
      const { ETag } = await upload.done();
      if (!ETag) throw new Error('S3 answered without an ETag');
      return ETag;
    } catch (error) {
      document.destroy();
      const cause = watched.firstError() ?? firstCause(error, signal);
      const leftover = await abort(client, target, watched.uploadId());
      const given = signal.aborted && cause === signal.reason;
      if (given && leftover === undefined) throw cause;
      const words = given ? wordsOf(cause) : `writing ${formatLocation(location)} failed: ${wordsOf(cause)}`;
      throw new MapRunResultsError(
        cause instanceof MapRunResultsError ? cause.name : 'WriteFailed',
        `${words}${leftover?.words ?? ''}`,
        { ...location, cause, ...(leftover && { uploadId: leftover.uploadId }) },
      );
    }
  };
}

/**
 * The client as Upload is given it: it notes the upload's id and the first request that failed, destroys the
 * document as soon as one has (Upload itself would wait for ever for a document that stalls), and sends nothing
 * more once the signal is aborted.
 */
function watch(client: S3Client, document: Readable, signal: AbortSignal) {
  let uploadId: string | undefined;
  let firstError: unknown;
  const send: S3Client['send'] = async (command: Parameters<S3Client['send']>[0]) => {
    try {
      signal.throwIfAborted();
      // Only parts are cancelled in flight: a cancelled create, complete or put would leave its outcome unknown.
      const answer =
        command instanceof UploadPartCommand
          ? await client.send(command, { abortSignal: signal })
          : await client.send(command);
      if (command instanceof CreateMultipartUploadCommand && 'UploadId' in answer) uploadId = answer.UploadId;
      return answer;
    } catch (error) {
      firstError ??= firstCause(error, signal);
      document.destroy();
      throw error;
    }
  };
  return {
    client: Object.create(client, { send: { value: send } }) as S3Client,
    uploadId: () => uploadId,
    firstError: () => firstError,
  };
}

/** Aborts the upload, if there is one; tells what is left when that fails. */
async function abort(
  client: S3Client,
  target: { Bucket: string; Key: string },
  uploadId: string | undefined,
) {
  if (uploadId === undefined) return undefined;
  try {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId: uploadId }));
    return undefined;
  } catch (error) {
    const words = `. Aborting its multipart upload ${uploadId} failed as well, so its parts are still there: ${wordsOf(error)}`;
    return { uploadId, words };
  }
}
