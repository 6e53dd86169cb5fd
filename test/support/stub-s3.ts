import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import sinon from 'sinon';

/** Answers in place of a request, for this test alone: by throwing, or with what `send` should resolve to. */
export type Override = (command: unknown, signal: AbortSignal | undefined) => unknown;

/** An answer to GetObject; of a stream, more is announced than any of them has. */
export function answer(body: Readable | string | Buffer, more: object = {}) {
  const isStream = body instanceof Readable;
  return {
    ETag: '"etag"',
    Body: isStream ? body : Readable.from([Buffer.from(body)]),
    ContentLength: isStream ? 1024 ** 3 : Buffer.byteLength(body),
    ...more,
  };
}

/**
 * A real S3Client whose `send` is a stub that keeps objects in a map, so that nothing goes over a network. Undo it
 * with `sinon.restore()`.
 */
export function stubS3(objects: Iterable<readonly [string, string | (() => Readable)]> = []) {
  const client = new S3Client({
    region: 'eu-west-2',
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  const stored = new Map<string, string | (() => Readable)>(objects);
  const metadata = new Map<string, Record<string, string>>();
  const parts = new Map<number, Buffer>();
  const uploads = new Set<string>();
  const sent: string[] = [];
  const overrides: Override[] = [];

  const lost: [(command: unknown) => boolean, Error][] = [];

  const send = sinon.stub(client, 'send').callsFake((async (
    command: { constructor: { name: string } },
    options?: { abortSignal?: AbortSignal },
  ) => {
    sent.push(command.constructor.name.replace('Command', ''));
    options?.abortSignal?.throwIfAborted();
    for (const override of overrides) {
      const answer = await override(command, options?.abortSignal);
      if (answer !== undefined) return answer;
    }
    const answer = perform(command);
    for (const [isLost, error] of lost) if (isLost(command)) throw error;
    return answer;
  }) as never);

  const perform = (command: unknown) => {
    if (command instanceof GetObjectCommand) {
      const object = stored.get(command.input.Key ?? '');
      if (object === undefined) throw s3Error('NoSuchKey', 'The specified key does not exist.');
      if (typeof object === 'function') return answer(object());
      const from = Number(/^bytes=(\d+)-$/.exec(command.input.Range ?? '')?.[1] ?? 0);
      const bytes = Buffer.from(object);
      const range = from === 0 ? {} : { ContentRange: `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
      return answer(bytes.subarray(from), range);
    }
    if (command instanceof HeadObjectCommand) {
      if (!stored.has(command.input.Key ?? '')) throw s3Error('NotFound', 'UnknownError');
      return { ETag: '"head"', Metadata: metadata.get(command.input.Key ?? '') };
    }
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body, Metadata = {} } = command.input;
      stored.set(Key, String(Body));
      metadata.set(Key, Metadata);
      return { ETag: '"put"' };
    }
    if (command instanceof CreateMultipartUploadCommand) {
      uploads.add('upload');
      metadata.set(command.input.Key ?? '', command.input.Metadata ?? {});
      return { UploadId: 'upload' };
    }
    if (command instanceof UploadPartCommand) {
      parts.set(command.input.PartNumber ?? 0, Buffer.from(command.input.Body as Uint8Array));
      return { ETag: `"${command.input.PartNumber}"` };
    }
    if (command instanceof CompleteMultipartUploadCommand) {
      const numbers = command.input.MultipartUpload?.Parts?.map((part) => part.PartNumber ?? 0) ?? [];
      stored.set(
        command.input.Key ?? '',
        Buffer.concat(numbers.map((n) => parts.get(n) ?? Buffer.alloc(0))).toString(),
      );
      uploads.clear();
      return { ETag: '"complete"' };
    }
    if (command instanceof AbortMultipartUploadCommand) {
      uploads.clear();
      return {};
    }
    throw new Error(`unexpected ${sent.at(-1)}`);
  };

  return {
    client,
    send,
    /** Names of the commands sent, in order. */
    sent,
    /** What is stored under a key. */
    object: (key: string) => stored.get(key),
    unfinishedUploads: uploads,
    override: (override: Override) => overrides.push(override),
    /** Does what the command asks for, but fails in place of the answer. */
    loseAnswer: (isLost: (command: unknown) => boolean, error: Error) => lost.push([isLost, error]),
    /** As another client would. */
    store: (key: string, body: string, itsMetadata: Record<string, string>) => {
      stored.set(key, body);
      metadata.set(key, itsMetadata);
    },
  };
}

export function s3Error(name: string, message: string, status = 404): S3ServiceException {
  return new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: status } });
}
