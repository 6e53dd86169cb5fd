import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import { Checksum } from './checksum.ts';
import { formatLocation, type S3Location } from './location.ts';
import { Interruption, isTransient, pause } from './retry.ts';
import { s3Body } from './s3-body.ts';
import { accessParams, type S3Options } from './s3-options.ts';
import { CHANGED, NOT_FOUND, type Read, type Role } from './storage.ts';

export interface S3SourceOptions extends S3Options {
  /** See the options of the same names. */
  readonly readAttempts: number;
  readonly stallTimeout: number;
}

/**
 * Reads objects from S3. A body that dies, stalls or ends early is resumed from the next byte on, of the same version
 * of the object; the SDK repeats requests only until their answer begins.
 * @param onResumption Called before an object is asked for again.
 */
export function s3Source(
  client: S3Client,
  options: S3SourceOptions,
  signal: AbortSignal,
  onResumption: () => void,
): Read<S3Location> {
  return async function* read(location, role) {
    const object = new ObjectBeingRead();
    const target = { Bucket: location.bucket, Key: location.key, ...accessParams(options) };
    for (let failures = 0; ; ) {
      try {
        const input = { ...target, ...object.rest };
        const accept = (answer: GetObjectCommandOutput) => object.accept(answer);
        const body = object.isComplete ? [] : s3Body(client, input, accept, options.stallTimeout, signal);
        for await (const chunk of body) {
          failures = 0;
          object.take(chunk);
          yield chunk;
        }
        await object.end();
        return;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        failures++;
        if (failures === options.readAttempts || !isTransient(error))
          throw readError(location, role, object.offset, failures, error);
      }
      onResumption();
      await pause(failures, signal);
    }
  };
}

/** The object is another one than before. */
class Changed extends Error {}

/** How much of an object has been read, and of which version. */
class ObjectBeingRead {
  offset = 0;
  #etag: string | undefined;
  #length: number | undefined;
  #checksum: Checksum | undefined;

  /** It may be even if its body broke, after the last byte. */
  get isComplete(): boolean {
    return this.offset === this.#length;
  }

  /** What to ask for: what is still to come, if the object is still the same. */
  get rest(): { Range?: string; IfMatch?: string } {
    return {
      ...(this.#etag !== undefined && { IfMatch: this.#etag }),
      ...(this.offset > 0 && { Range: `bytes=${this.offset}-` }),
    };
  }

  /** @throws Error for an answer that is not what was asked for. */
  accept(answer: GetObjectCommandOutput): void {
    const { ETag, ContentLength, ContentRange } = answer;
    // Without them an early end could not be told from the end, nor another object's bytes from this one's.
    if (ContentLength === undefined) throw new Error('S3 answered without a Content-Length');
    if (ETag === undefined) throw new Error('S3 answered without an ETag');
    if (this.#length === undefined) {
      this.#etag = ETag;
      this.#length = ContentLength;
      this.#checksum = Checksum.of(answer);
      return;
    }
    const range = `bytes ${this.offset}-${this.#length - 1}/${this.#length}`;
    // Not every store takes notice of If-Match.
    if (ETag !== this.#etag) throw new Changed(`its ETag was ${this.#etag} and is ${ETag}`);
    if (this.offset === 0 ? ContentLength !== this.#length : ContentRange !== range)
      throw new Error(`asked for ${range}, S3 answered with ${ContentRange ?? 'everything'}`);
  }

  take(chunk: Buffer): void {
    this.offset += chunk.length;
    this.#checksum?.update(chunk);
  }

  /** @throws Error unless all of the object has been read, as it was stored. */
  async end(): Promise<void> {
    if (!this.isComplete) {
      const why = `the body has ${this.offset} bytes instead of ${this.#length}`;
      throw this.offset < (this.#length ?? 0) ? new Interruption(why) : new Error(why);
    }
    await this.#checksum?.verify();
  }
}

function readError(
  location: S3Location,
  role: Role,
  byteOffset: number,
  attempts: number,
  cause: unknown,
): MapRunResultsError {
  const where = formatLocation(location);
  const { name, $metadata } = (cause ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'NoSuchKey' || name === 'NoSuchBucket')
    return new MapRunResultsError(NOT_FOUND[role], `there is no ${role} at ${where}: ${wordsOf(cause)}`, {
      ...location,
      cause,
    });
  const changed = cause instanceof Changed || $metadata?.httpStatusCode === 412;
  const what = changed
    ? `the ${role} ${where} changed while it was read, at byte ${byteOffset}`
    : `reading the ${role} ${where} failed at byte ${byteOffset}`;
  const tries = attempts === 1 ? '' : `after ${attempts} attempts, `;
  const words = cause instanceof Interruption ? cause.message : wordsOf(cause);
  return new MapRunResultsError(changed ? CHANGED[role] : 'ReadFailed', `${what}: ${tries}${words}`, {
    ...location,
    byteOffset,
    cause: cause instanceof Interruption ? (cause.cause ?? cause) : cause,
  });
}
