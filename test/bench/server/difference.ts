import { crc32 } from 'node:zlib';
import type { Swallowed } from './uploads.ts';

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
