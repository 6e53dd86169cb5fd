import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MapRunResultsError } from '../../errors.ts';
import type { Batch, Reader, Reading } from '../reader.ts';
import type { ReaderName } from '../readers.ts';
import type { Answer, Order, SentError } from './messages.ts';

/** In bytes: what a thread is given at once. A message costs some microseconds, whatever its size. */
export const BLOCK_SIZE = 256 * 1024;

/** Blocks of a file that are with its thread: one that it reads, and the next, so that it never waits for one. */
export const BLOCKS_AHEAD = 2;

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

  /** A reader that has its files read by these threads, each by that which has the fewest. */
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
  /** Blocks to be used again. */
  readonly #blocks: ArrayBuffer[] = [];
  #failure: unknown;
  #ids = 0;

  constructor() {
    this.#worker.on('message', (answer: Answer) => {
      if (answer.kind === 'read') this.#blocks.push(answer.block);
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
      for await (const bytes of this.#inBlocks(source)) {
        this.#tell({ kind: 'block', id, bytes }, [bytes.buffer]);
        if (++ahead < BLOCKS_AHEAD) continue;
        yield* batchesOf(await answers.next());
        ahead--;
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

  /** The bytes as blocks that can be given away: nobody knows what else is in the memory of a chunk. */
  async *#inBlocks(source: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    let block = this.#block();
    let length = 0;
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(block, length, at);
        at += copied;
        length += copied;
        if (length < BLOCK_SIZE) continue;
        yield block;
        block = this.#block();
        length = 0;
      }
    }
    if (length > 0) yield block.subarray(0, length);
    else this.#blocks.push(block.buffer);
  }

  #block(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#blocks.pop() ?? new ArrayBuffer(BLOCK_SIZE));
  }

  #tell(order: Order, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, moved);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const answers of this.#answers.values()) answers.fail(this.#failure);
  }
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
