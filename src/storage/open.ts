import type { Writable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { UPLOADING, withOwnConnections } from './connections.ts';
import { fileSink, fileSource, streamSink } from './files.ts';
import type { FindLeftovers } from './leftovers.ts';
import { type FileLocation, isS3, type Location, type S3Prefix } from './location.ts';
import { fileLeftovers } from './partial.ts';
import { s3Leftovers } from './s3-leftovers.ts';
import type { S3Options } from './s3-options.ts';
import { type S3SinkOptions, s3Sink } from './s3-sink.ts';
import { type S3SourceOptions, s3Source } from './s3-source.ts';
import type { Read, Write } from './storage.ts';

export interface Clients {
  readonly client?: S3Client | undefined;
  readonly uploadClient?: S3Client | undefined;
}

export interface StorageOptions extends Clients, S3SourceOptions {
  readonly overwrite: boolean;
}

/** Storage for one job: makes the clients that it needs and was not given, and closes those it made. */
export class Storage {
  readonly #signal: AbortSignal;
  readonly #options: StorageOptions;
  readonly #closers: (() => void)[] = [];
  #client: S3Client | undefined;
  #uploadClient: S3Client | undefined;
  #resumptions = 0;

  constructor(options: StorageOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** How often an object had to be asked for again. */
  get resumptions(): number {
    return this.#resumptions;
  }

  /** Reads objects where `location` is: on S3 or on this machine. */
  source(location: Location): Read {
    if (!isS3(location)) return fileSource(this.#signal) as Read;
    return s3Source(this.#reading(), this.#options, this.#signal, () => this.#resumptions++) as Read;
  }

  sink(output: Location | Writable, upload: Omit<S3SinkOptions, keyof StorageOptions>): Write {
    if ('write' in output) return streamSink(output, this.#signal);
    if (isS3(output)) return s3Sink(this.#uploading(), output, { ...this.#options, ...upload }, this.#signal);
    return fileSink(output, this.#options, this.#signal);
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  #reading(): S3Client {
    this.#client ??= this.#options.client ?? this.#made({});
    return this.#client;
  }

  #uploading(): S3Client {
    this.#uploadClient ??= this.#options.uploadClient ?? this.#ownUploadClient();
    return this.#uploadClient;
  }

  #ownUploadClient(): S3Client {
    if (!this.#options.client) return this.#made(UPLOADING);
    const { client, close } = withOwnConnections(this.#options.client);
    this.#closers.push(close);
    return client;
  }

  #made(config: S3ClientConfig): S3Client {
    const client = new S3Client(config);
    this.#closers.push(() => client.destroy());
    return client;
  }
}

/** Finds what jobs that were killed have left; to be closed when all that was found is removed. */
export function openLeftovers(
  where: S3Prefix | FileLocation,
  options: Clients & S3Options,
  signal: AbortSignal,
): { find: FindLeftovers; close: () => void } {
  if (!('bucket' in where)) return { find: fileLeftovers(where), close: () => {} };
  const client = options.client ?? new S3Client({});
  const close = () => (options.client ? undefined : client.destroy());
  return { find: s3Leftovers(client, where, options, signal), close };
}
