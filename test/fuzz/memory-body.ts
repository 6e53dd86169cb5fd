import { Readable } from 'node:stream';
import { between, pick, type Random } from '../support/random.ts';
import type { Fault } from './fault-plan.ts';

/** The body of an answer, cut into chunks at random, of which some may be missing. */
export class MemoryBody extends Readable {
  readonly #bytes: Buffer;
  readonly #fault: Fault | undefined;
  readonly #end: number;
  readonly #random: Random;
  readonly #chunkSize: number;
  #at = 0;

  constructor(bytes: Buffer, fault: Fault | undefined, random: Random) {
    // So that chunks stay as they are.
    super({ objectMode: true, highWaterMark: 1 });
    this.#bytes = fault?.kind === 'flip' ? flipped(bytes, fault.at) : bytes;
    this.#fault = fault;
    const isCut = fault && ['reset', 'stall', 'short'].includes(fault.kind);
    this.#end = isCut ? Math.floor(fault.at * bytes.length) : bytes.length;
    this.#random = random;
    // A chunk costs about the same whatever its size.
    this.#chunkSize = Math.max(pick(random, [1, 10, 100, 1e4, 1e6]), bytes.length / 500);
  }

  override async _read(): Promise<void> {
    if (this.#random() < 0.2) await new Promise(setImmediate);
    if (this.destroyed) return;
    if (this.#at < this.#end) {
      const from = this.#at;
      this.#at = Math.min(this.#end, from + between(this.#random, 1, this.#chunkSize));
      this.push(this.#bytes.subarray(from, this.#at));
    } else if (this.#fault?.kind === 'reset') {
      this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    } else if (this.#fault?.kind !== 'stall') this.push(null);
  }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = Math.floor(at * bytes.length);
  if (index < copy.length) copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
