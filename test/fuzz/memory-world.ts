import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import type { Random } from '../support/random.ts';
import type { Operation } from '../support/s3-request.ts';
import { s3Error } from '../support/stub-s3.ts';
import type { Fault, FaultKind, FaultPlan } from './fault-plan.ts';
import { MemoryBody } from './memory-body.ts';
import type { World } from './world.ts';

/** What is read of any command's input. */
interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body?: Uint8Array | string;
  readonly Range?: string | undefined;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly Metadata?: Record<string, string>;
  readonly MultipartUpload?: { readonly Parts: readonly { PartNumber: number; ETag: string }[] };
}
interface Stored {
  readonly bytes: Buffer;
  readonly ETag: string;
  readonly Metadata: Record<string, string>;
}

/** S3 behind a client whose `send` is replaced: no network, no time, and as many faults as are wanted. */
export class MemoryWorld implements World {
  readonly options: World['options'];
  readonly #bucket: string;
  readonly #plan: FaultPlan;
  readonly #random: Random;
  readonly #objects = new Map<string, Stored>();
  readonly #uploads = new Map<string, { readonly input: Input; readonly parts: Map<number, Buffer> }>();
  readonly #bodies: MemoryBody[] = [];
  #underWay = 0;
  #ids = 0;

  constructor(bucket: string, plan: FaultPlan, random: Random) {
    this.#bucket = bucket;
    this.#plan = plan;
    this.#random = random;
    const client = new S3Client({
      region: 'eu-west-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    client.send = ((command: object, options?: { abortSignal?: AbortSignal }) =>
      this.#send(command, options)) as never;
    this.options = { client, uploadClient: client };
  }

  locate(key: string) {
    return { bucket: this.#bucket, key };
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    this.#store(key, bytes);
  }

  async contents(): Promise<ReadonlyMap<string, Buffer>> {
    return new Map([...this.#objects].map(([key, { bytes }]) => [key, bytes]));
  }

  unfinishedUploads(): readonly string[] {
    return [...this.#uploads.keys()];
  }

  async leftOpen(): Promise<readonly string[]> {
    const bodies = this.#bodies.filter((body) => !body.destroyed).length;
    return [
      ...(this.#underWay > 0 ? [`${this.#underWay} requests`] : []),
      ...(bodies > 0 ? [`${bodies} bodies`] : []),
    ];
  }

  async close(): Promise<void> {}

  async #send(command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<object> {
    const operation = command.constructor.name.replace('Command', '') as Operation;
    const { input } = command as { input: Input };
    this.#underWay++;
    try {
      abortSignal?.throwIfAborted();
      const fault = this.#plan.next(operation, input.Key, input.PartNumber);
      for (let turns = Math.floor(this.#random() * 4); turns > 0; turns--) await new Promise(setImmediate);
      abortSignal?.throwIfAborted();
      if (fault?.kind === 'silent') await aborted(abortSignal);
      const error = fault && instead(fault.kind);
      if (error) throw error;
      const answer = this.#perform(operation, input, fault);
      if (fault?.kind === 'lost') throw reset();
      return answer;
    } finally {
      this.#underWay--;
    }
  }

  #perform(operation: Operation, input: Input, fault: Fault | undefined): object {
    const { Bucket, Key, Body = '', UploadId = '', PartNumber = 0 } = input;
    if (Bucket !== this.#bucket) throw s3Error('NoSuchBucket', 'The specified bucket does not exist');
    const stored = this.#objects.get(Key);
    const upload = this.#uploads.get(UploadId);
    switch (operation) {
      case 'GetObject':
        if (!stored) throw s3Error('NoSuchKey', 'The specified key does not exist.');
        return this.#get(stored, input, fault);
      case 'HeadObject':
        if (!stored) throw s3Error('NotFound', 'UnknownError');
        return { ETag: stored.ETag, Metadata: stored.Metadata };
      case 'PutObject':
        return this.#make(input, Buffer.from(Body), input.Metadata);
      case 'CreateMultipartUpload': {
        const id = `upload-${++this.#ids}`;
        this.#uploads.set(id, { input, parts: new Map() });
        return { UploadId: id };
      }
    }
    if (!upload) throw s3Error('NoSuchUpload', 'The specified upload does not exist.');
    if (operation === 'UploadPart') {
      upload.parts.set(PartNumber, Buffer.from(Body));
      return { ETag: `"part-${PartNumber}"` };
    }
    if (operation === 'CompleteMultipartUpload') {
      const parts = input.MultipartUpload?.Parts.map((part) => upload.parts.get(part.PartNumber)) ?? [];
      if (parts.some((part, index) => !part || (index < parts.length - 1 && part.length < 5 * 1024 ** 2)))
        throw s3Error('InvalidPart', 'One or more of the specified parts could not be found.', 400);
      const made = this.#make(input, Buffer.concat(parts as Buffer[]), upload.input.Metadata);
      this.#uploads.delete(UploadId);
      return made;
    }
    if (operation !== 'AbortMultipartUpload') throw new Error(`unexpected ${operation}`);
    this.#uploads.delete(UploadId);
    return {};
  }

  #get(
    { bytes, ETag }: Omit<Stored, 'Metadata'>,
    { Range, IfMatch }: Pick<Input, 'Range' | 'IfMatch'>,
    fault: Fault | undefined,
  ): object {
    if (fault?.kind === 'replaced' && IfMatch !== undefined)
      return this.#get({ bytes: Buffer.alloc(bytes.length, 'x'), ETag: '"another"' }, { Range }, undefined);
    if (IfMatch !== undefined && IfMatch !== ETag) throw instead('precondition');
    const asked = Number(/^bytes=(\d+)-$/.exec(Range ?? '')?.[1] ?? 0);
    const from = fault?.kind === 'unranged' ? 0 : asked;
    const Body = new MemoryBody(bytes.subarray(from), fault, this.#random);
    this.#bodies.push(Body);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return {
      ETag,
      Body,
      ...(fault?.kind !== 'unannounced' && { ContentLength: bytes.length - from }),
      ...(from > 0 && { ContentRange: `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      ...(this.#plan.rates.checksums && {
        ChecksumCRC32: sum.toString('base64'),
        ChecksumType: 'FULL_OBJECT',
      }),
    };
  }

  #make({ Key, IfNoneMatch }: Input, bytes: Buffer, metadata: Record<string, string> = {}): { ETag: string } {
    if (IfNoneMatch === '*' && this.#objects.has(Key)) throw instead('precondition');
    return { ETag: this.#store(Key, bytes, metadata).ETag };
  }

  #store(key: string, bytes: Buffer, Metadata: Record<string, string> = {}): Stored {
    const stored = { bytes, Metadata, ETag: `"${createHash('md5').update(bytes).digest('hex')}"` };
    this.#objects.set(key, stored);
    return stored;
  }
}

/** What S3 or the network says in place of an answer, if the request is not to be performed. */
function instead(kind: FaultKind): Error | undefined {
  switch (kind) {
    case 'unavailable':
      return s3Error('SlowDown', 'Please reduce your request rate.', 503);
    case 'denied':
      return s3Error('AccessDenied', 'Access Denied', 403);
    case 'gone':
      return s3Error('NoSuchKey', 'The specified key does not exist.', 404);
    case 'conflict':
      return s3Error('ConditionalRequestConflict', 'A conflicting operation is under way.', 409);
    case 'precondition':
      return s3Error('PreconditionFailed', 'At least one of the pre-conditions did not hold.', 412);
    case 'late':
      return s3Error('InternalError', 'We encountered an internal error. Please try again.', 500);
    case 'unheard':
      return reset();
    default:
      return undefined;
  }
}

function reset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** Never, until the client gives up. */
async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('Request aborted', 'AbortError')), {
      once: true,
    });
  });
}
