import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import { formatLocation, type S3Location } from './location.ts';
import { accessParams, type S3Options } from './s3-options.ts';
import { NOT_FOUND, type Read } from './storage.ts';

/** Reads objects from S3. */
export function s3Source(client: S3Client, options: S3Options, signal: AbortSignal): Read<S3Location> {
  return async function* read(location, role) {
    let offset = 0;
    try {
      const { Body, ContentLength } = await client.send(
        new GetObjectCommand({ Bucket: location.bucket, Key: location.key, ...accessParams(options) }),
        { abortSignal: signal },
      );
      // In Node the body is always a Readable; the SDK's type speaks for browsers as well.
      for await (const chunk of addAbortSignal(signal, Body as Readable)) {
        offset += chunk.length;
        yield chunk;
      }
      // A connection that ends early but cleanly raises no error of its own.
      if (ContentLength !== undefined && offset !== ContentLength)
        throw new Error(`the body has ${offset} bytes instead of ${ContentLength}`);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const name = formatLocation(location);
      if (cause instanceof Error && (cause.name === 'NoSuchKey' || cause.name === 'NoSuchBucket')) {
        const message = `there is no ${role} at ${name}: ${wordsOf(cause)}`;
        throw new MapRunResultsError(NOT_FOUND[role], message, { ...location, cause });
      }
      const message = `reading the ${role} ${name} failed at byte ${offset}: ${wordsOf(cause)}`;
      throw new MapRunResultsError('ReadFailed', message, { ...location, byteOffset: offset, cause });
    }
  };
}
