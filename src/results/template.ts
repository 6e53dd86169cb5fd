import { endOfString, UNSURE } from './json-bytes.ts';
import type { Lifted } from './lifted.ts';
import type { Shape } from './shape.ts';

/**
 * An object that has been parsed, to compare others with. But for their long strings, the records of a Map Run are
 * mostly the same to the letter; and what was found out of one holds for all that differ from it in those alone.
 */
export class Template {
  readonly shape: Shape;
  /** Of the last object that matched: where the strings stand that may be others. See Lifted. */
  readonly strings: number[] = [];
  /** What stands before and between those strings, up to their opening quotes, and behind them. */
  readonly #pieces: DataView;
  /** Where in it each piece ends. */
  readonly #ends: readonly number[];

  constructor(shape: Shape, lifted: Lifted) {
    const pieces = lifted.between;
    const bytes = Buffer.concat(pieces);
    let end = 0;
    this.shape = shape;
    this.#pieces = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#ends = pieces.map(({ length }) => (end += length));
  }

  /**
   * Compares what stands in UTF-8 that is known to be right.
   * @returns Where the object that begins at `start` ends if it matches, or UNSURE.
   */
  match(view: DataView, start: number, end: number): number {
    const [pieces, ends, strings] = [this.#pieces, this.#ends, this.strings];
    const last = ends.length - 1;
    let at = start;
    for (let piece = 0, next = 0; ; piece++) {
      const pieceEnd = ends[piece] as number;
      if (at + pieceEnd - next > end) return UNSURE;
      for (; next + 4 <= pieceEnd; next += 4, at += 4)
        if (pieces.getInt32(next, true) !== view.getInt32(at, true)) return UNSURE;
      for (; next < pieceEnd; next++, at++) if (pieces.getUint8(next) !== view.getUint8(at)) return UNSURE;
      if (piece === last) return at;
      strings[2 * piece] = at - 1;
      at = endOfString(view, at, end);
      if (at === UNSURE) return UNSURE;
      strings[2 * piece + 1] = at;
    }
  }
}
