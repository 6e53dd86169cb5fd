import { crc32 } from 'node:zlib';

/** Where the server tells the parts of an uploaded object; no bucket is named so. */
export const PARTS_PATH = '/-/parts/';

/** What of a body is kept: enough to tell afterwards whether it was the right one. */
export interface Swallowed {
  readonly bytes: number;
  readonly crc: number;
}

export async function swallow(body: AsyncIterable<Buffer>): Promise<Swallowed> {
  let [bytes, crc] = [0, 0];
  for await (const chunk of body) {
    bytes += chunk.length;
    crc = crc32(chunk, crc);
  }
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

/** Tells what is wrong with an object that should be `expected`, in words; undefined when it is that to the byte. */
export function difference(
  parts: readonly Swallowed[],
  expectedBytes: number,
  expected: Iterable<Buffer>,
): string | undefined {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes !== expectedBytes) return `the server received ${bytes} bytes instead of ${expectedBytes}`;

  const chunks = expected[Symbol.iterator]();
  let chunk = Buffer.alloc(0);
  for (const [index, part] of parts.entries()) {
    let [crc, left] = [0, part.bytes];
    while (left > 0) {
      while (chunk.length === 0) chunk = chunks.next().value ?? Buffer.alloc(left);
      const piece = chunk.subarray(0, left);
      crc = crc32(piece, crc);
      left -= piece.length;
      chunk = chunk.subarray(piece.length);
    }
    if (crc !== part.crc) return `part ${index + 1} of ${parts.length} has the right length but other bytes`;
  }
  return undefined;
}
