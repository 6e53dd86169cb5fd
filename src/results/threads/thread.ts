import { type MessagePort, parentPort } from 'node:worker_threads';
import { MapRunResultsError } from '../../errors.ts';
import type { Batch } from '../reader.ts';
import { READERS } from '../readers.ts';
import type { Answer, Order, SentBatch, SentError } from './messages.ts';

/** A thread that turns the bytes of result files into batches, for the thread that reads and writes them. */
if (parentPort) serve(parentPort);

function serve(port: MessagePort): void {
  const files = new Map<number, OpenFile>();
  port.on('message', (order: Order) => {
    if (order.kind === 'open') {
      const file = new OpenFile(order, port);
      files.set(order.id, file);
      file.read().finally(() => files.delete(order.id));
    } else files.get(order.id)?.take(order);
  });
}

class OpenFile {
  readonly #order: Extract<Order, { kind: 'open' }>;
  readonly #port: MessagePort;
  readonly #orders: Order[] = [];
  #wake: () => void = () => {};
  #batches: Batch[] = [];

  constructor(order: Extract<Order, { kind: 'open' }>, port: MessagePort) {
    this.#order = order;
    this.#port = port;
  }

  take(order: Order): void {
    this.#orders.push(order);
    this.#wake();
  }

  async read(): Promise<void> {
    const { id, reader, location, reading } = this.#order;
    try {
      for await (const batch of READERS[reader](this.#blocks(), location, reading)) this.#batches.push(batch);
      this.#answer({ kind: 'done', id, batches: this.#sent() });
    } catch (error) {
      this.#answer({ kind: 'failed', id, batches: this.#sent(), error: sentError(error) });
    }
  }

  /** A reader that asks for the next block is done with the one before. */
  async *#blocks(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const order = await this.#next();
      if (order.kind !== 'block') return;
      for (const { buffer, byteOffset, length } of order.chunks)
        yield Buffer.from(buffer, byteOffset, length);
      this.#answer({ kind: 'read', id: this.#order.id, batches: this.#sent() });
    }
  }

  async #next(): Promise<Order> {
    for (;;) {
      const order = this.#orders.shift();
      if (order) return order;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The batches so far. Their memory goes with them. */
  #sent(): SentBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  #answer(answer: Answer): void {
    const moved = answer.batches.map(({ bytes }) => bytes.buffer);
    this.#port.postMessage(answer, moved);
  }
}

function sentError(error: unknown): SentError {
  if (!(error instanceof Error))
    return { name: undefined, message: String(error), facts: {}, cause: undefined };
  if (!(error instanceof MapRunResultsError))
    return { name: undefined, message: error.message, facts: {}, cause: error };
  const { name, message, cause, stack: _, ...facts } = error;
  return { name, message, facts, cause };
}
