import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

/** What of a body is kept: enough to tell afterwards whether it was the right one. */
export interface Swallowed {
  readonly bytes: number;
  readonly crc: number;
}

/** An iterator over the body would cost a third of the server's speed. */
export async function swallow(body: Readable): Promise<Swallowed> {
  let [bytes, crc] = [0, 0];
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    crc = crc32(chunk, crc);
  });
  await once(body, 'end');
  return { bytes, crc };
}

/** The uploads of a store that keeps no bytes. */
export class Uploads {
  readonly #underWay = new Map<string, Map<number, Swallowed>>();
  readonly #objects = new Map<string, readonly Swallowed[]>();
  #created = 0;

  create(): string {
    const id = `upload-${++this.#created}`;
    this.#underWay.set(id, new Map());
    return id;
  }

  /** @returns Whether there is such an upload. */
  addPart(id: string, number: number, part: Swallowed): boolean {
    return this.#underWay.get(id)?.set(number, part) !== undefined;
  }

  /** @returns Whether there is such an upload, with all these parts. */
  complete(id: string, key: string, numbers: readonly number[]): boolean {
    const parts = numbers.map((number) => this.#underWay.get(id)?.get(number));
    if (parts.length === 0 || !parts.every((part) => part !== undefined)) return false;
    this.#underWay.delete(id);
    this.put(key, parts);
    return true;
  }

  abort(id: string): void {
    this.#underWay.delete(id);
  }

  put(key: string, parts: readonly Swallowed[]): void {
    this.#objects.set(key, parts);
  }

  /** The parts of a complete object, in their order. */
  parts(key: string): readonly Swallowed[] | undefined {
    return this.#objects.get(key);
  }
}
