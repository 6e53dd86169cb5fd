import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MapRunResultsError } from '../../errors.ts';
import type { Batch, Reader, Reading } from '../reader.ts';
import type { ReaderName } from '../readers.ts';
import type { Answer, Order, SentError } from './messages.ts';

/** In bytes: what a thread is given at once, and what is left of its last chunk. A message costs some microseconds. */
export const BLOCK_SIZE = 256 * 1024;

/**
 * Blocks of a file that are with its thread, at first and at most. Two would do, one that it reads and the next, were
 * this thread not kept from giving more by the parts that it puts together and signs. Each block that is read allows
 * for one more, so that a file whose turn has not come does not hold so many.
 */
export const [FIRST_AHEAD, BLOCKS_AHEAD] = [2, 16];

/** In MiB: a thread's young objects die at once, and need no more room, which would only be taken for good. */
const YOUNG_GENERATION = 16;

/** Beside this file, and of its kind: compiled, or as it is. A bundle may not have it. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

/** Threads for one job. */
export class ThreadPool {
  readonly #threads: readonly Thread[];

  constructor(size: number) {
    this.#threads = Array.from({ length: size }, () => new Thread());
  }

  static get isAvailable(): boolean {
    return existsSync(fileURLToPath(THREAD));
  }

  /** A reader that has its files read by these threads, each by that which has the fewest. It takes chunks for good. */
  reader(name: ReaderName): Reader {
    return (source, location, reading) => {
      const thread = this.#threads.reduce((least, thread) => (thread.files < least.files ? thread : least));
      return thread.read(name, source, location, reading);
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class Thread {
  readonly #worker = new Worker(THREAD, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION } });
  readonly #answers = new Map<number, Answers>();
  #failure: unknown;
  #ids = 0;

  constructor() {
    this.#worker.on('message', (answer: Answer) => {
      this.#answers.get(answer.id)?.add(answer);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread ended with exit code ${code}`)));
  }

  get files(): number {
    return this.#answers.size;
  }

  async *read(
    reader: ReaderName,
    source: AsyncIterable<Buffer>,
    location: Parameters<Reader>[1],
    reading: Reading,
  ): AsyncGenerator<Batch, void, undefined> {
    const id = ++this.#ids;
    const answers = new Answers(this.#failure);
    this.#answers.set(id, answers);
    try {
      this.#tell({ kind: 'open', id, reader, location, reading });
      let ahead = 0;
      let most = FIRST_AHEAD;
      for await (const chunks of inBlocks(source)) {
        this.#tell({ kind: 'block', id, chunks }, chunks);
        if (++ahead < most) continue;
        yield* batchesOf(await answers.next());
        ahead--;
        most = Math.min(most + 1, BLOCKS_AHEAD);
      }
      this.#tell({ kind: 'end', id });
      for (let ended = false; !ended; ) {
        const answer = await answers.next();
        yield* batchesOf(answer);
        ended = answer.kind === 'done';
      }
    } finally {
      this.#tell({ kind: 'close', id });
      this.#answers.delete(id);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** @param moved Whose memory goes along. */
  #tell(order: Order, moved: readonly Uint8Array<ArrayBuffer>[] = []): void {
    this.#worker.postMessage(
      order,
      moved.map(({ buffer }) => buffer),
    );
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const answers of this.#answers.values()) answers.fail(this.#failure);
  }
}

/** The chunks, as many at once as have the size of a block. A larger one is several. */
async function* inBlocks(source: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array<ArrayBuffer>[], void> {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const large of source) {
    for (let at = 0; at < large.length; at += BLOCK_SIZE) {
      const chunk = large.subarray(at, at + BLOCK_SIZE);
      chunks.push(movable(chunk));
      length += chunk.length;
      if (length < BLOCK_SIZE) continue;
      yield chunks;
      chunks = [];
      length = 0;
    }
  }
  if (length > 0) yield chunks;
}

/** Only memory that has nothing else in it can go to another thread, as it is gone here then. */
function movable(chunk: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, length } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) return new Uint8Array(buffer);
  const copy = Buffer.allocUnsafeSlow(length);
  chunk.copy(copy);
  return copy;
}

/** Answers that have come about one file, and those that somebody waits for. */
class Answers {
  readonly #come: Answer[] = [];
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(failure: unknown) {
    this.#failure = failure;
  }

  add(answer: Answer): void {
    this.#come.push(answer);
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.#come.shift();
      if (answer) return answer;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** @throws What the reader threw, once its batches have been taken. */
function* batchesOf(answer: Answer): Generator<Batch, void> {
  for (const { bytes, ...counts } of answer.batches)
    yield { ...counts, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  if (answer.kind === 'failed') throw receivedError(answer.error);
}

function receivedError({ name, message, facts, cause }: SentError): unknown {
  return name === undefined
    ? (cause ?? new Error(message))
    : new MapRunResultsError(name, message, { ...facts, cause });
}
