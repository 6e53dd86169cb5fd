import { LONG_STRING, MARK } from './lifted.ts';
import { type Limits, tooDeep, tooLarge } from './limits.ts';
import { Flaw, type OutputType, type Refuse } from './reader.ts';

/** Some whole elements of a result file, one after the other, as they stand in it. */
export interface Frame {
  /** The elements, and whatever stands before, between and behind them. */
  readonly bytes: Buffer;
  /** In `bytes`: where the first element begins, where it ends, where the second begins, and so on. */
  readonly bounds: readonly number[];
  /** In the same way: strings that can be lifted out of `bytes`. See Lifted. */
  readonly strings: readonly number[];
  /** Where in the file `bytes` begins. */
  readonly byteOffset: number;
  /** The number of the first element, from 1. */
  readonly resultNumber: number;
}

const [NEWLINE, SPACE, QUOTE, COMMA, BACKSLASH, LOWER_U] = [0x0a, 0x20, 0x22, 0x2c, 0x5c, 0x75];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where the framer is. Up to SCALAR, inside an element; from then on, what may come next between elements. */
const [STRING, ESCAPE, HEX, NESTED, SCALAR] = [0, 1, 2, 3, 4];
const [START, FIRST, ELEMENT, SEPARATOR, END, LINE, LINE_END] = [5, 6, 7, 8, 9, 10, 11];

const EXPECTED: Readonly<Record<number, string>> = {
  [START]: 'the [ of an array; for JSON Lines set outputType to JSONL',
  [FIRST]: 'a result or the end of the array',
  [ELEMENT]: 'a result',
  [SEPARATOR]: 'a comma or the end of the array',
  [END]: 'the end of the file; for JSON Lines set outputType to JSONL',
  [LINE_END]: 'the end of the line',
};

const MARK_BYTE = MARK.charCodeAt(0);

/** What is the matter with a string: it is not right, or it must be lifted however short it is. */
const [WRONG, ODD] = [1, 2];
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH && byte !== MARK_BYTE),
);
const IS_ESCAPE = among('"\\/bfnrtu');
const IS_HEX = among('0123456789abcdefABCDEF');

/**
 * Cuts a result file between its elements, as its bytes arrive. It judges what stands between them, brackets, commas
 * or newlines, and white space; of the elements it follows just as much as it takes to find their ends. Whether they
 * are JSON is for a parser to say, which can then be given whole elements and needs to know nothing of chunks. An
 * element that exceeds the limits is refused as soon as that much of it has arrived.
 *
 * A last line without a newline is taken, unless it is an array: then the file is one of type JSON, and what would be
 * one result is all of them.
 */
export class Framer {
  readonly #refuse: Refuse;
  readonly #limits: Limits;
  readonly #lines: boolean;
  #state: number;
  /** Brackets and braces open inside the element. */
  #depth = 0;
  /** The beginning of an element that has not ended yet, and its length: it stands at negative positions. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Of the string that the framer is in: where in the file it begins, what is the matter with it, digits of \u to come. */
  #stringStart = 0;
  #matter = 0;
  #digits = 0;
  /** Strings to be lifted, by their places in the file; how many of the bounds are of elements that have ended. */
  #strings: number[] = [];
  #stringsEnded = 0;
  /** Where in the file the last element began, and whether it was an array. */
  #lastStart = 0;
  #lastIsArray = false;
  /** Bytes before the next chunk, and elements that have ended in them. */
  #bytes: number;
  #elements = 0;

  /** @param skipped Bytes of white space, left out, that the file begins with. */
  constructor(outputType: OutputType, limits: Limits, refuse: Refuse, skipped = 0) {
    this.#refuse = refuse;
    this.#limits = limits;
    this.#bytes = skipped;
    this.#lines = outputType === 'JSONL';
    this.#state = this.#lines ? LINE : START;
  }

  /**
   * Takes the next chunk and gives the elements that end in it, if any do. They come before the error, so that the
   * first fault of a file is the one reported, however it is cut into chunks.
   * @throws MapRunResultsError `ResultFileMalformed` where the file is broken between its elements, `LimitExceeded`.
   */
  *push(chunk: Buffer): Generator<Frame, void, undefined> {
    const bounds: number[] = this.#state <= SCALAR ? [-this.#pendingBytes] : [];
    const { length } = chunk;
    const followed = this.#scan(chunk, bounds);
    const tooLargeAt = this.#cutOffTooLarge(bounds, followed);
    yield* this.#cut(chunk, bounds);
    if (tooLargeAt !== undefined)
      throw this.#refuse(tooLarge(this.#limits, this.#lines), this.#bytes + tooLargeAt, this.#elements + 1);
    if (followed < length && this.#state <= SCALAR)
      throw this.#refuse(tooDeep(this.#limits), this.#lastStart, this.#elements + 1);
    if (followed < length)
      throw this.#refuse(new Flaw(`expected ${EXPECTED[this.#state]}`), this.#bytes + followed);
    this.#bytes += length;
  }

  /**
   * Takes the end of the file, and gives an element that only that has ended.
   * @throws MapRunResultsError `ResultFileMalformed` unless the file may end there.
   */
  *end(): Generator<Frame, void, undefined> {
    const start = this.#bytes - this.#pendingBytes;
    if (this.#state === SCALAR && this.#lines) {
      yield* this.#cut(Buffer.alloc(0), [-this.#pendingBytes, 0]);
    } else if (this.#state <= SCALAR) {
      const why = `has no end: the file ends at byte ${this.#bytes}`;
      throw this.#refuse(new Flaw(why), start, this.#elements + 1);
    } else if (this.#state === LINE_END && this.#lastIsArray) {
      const why = 'is an array that no newline ends, as in a file of type JSON; set outputType to JSON';
      throw this.#refuse(new Flaw(why), this.#lastStart, this.#elements);
    } else if (!this.#lines && this.#state !== END) {
      const why = this.#state === START ? 'the file is empty' : 'the file ends before its array does';
      throw this.#refuse(new Flaw(why), this.#bytes);
    }
  }

  /** Takes the first element that is too large, and whatever follows it, out of the bounds; says where it begins. */
  #cutOffTooLarge(bounds: number[], followed: number): number | undefined {
    const { maxResultBytes } = this.#limits;
    for (let i = 0; i < bounds.length; i += 2) {
      const [start = 0, end = followed] = [bounds[i], bounds[i + 1]];
      if (end - start <= maxResultBytes) continue;
      bounds.length = i;
      return start;
    }
    return undefined;
  }

  /** Gives the elements that have ended, and keeps the beginning of one that has not. */
  *#cut(chunk: Buffer, bounds: number[]): Generator<Frame, void, undefined> {
    const open = bounds.length % 2 === 1 ? bounds.pop() : undefined;
    const strings = this.#stringsEnded === 0 ? [] : this.#strings;
    if (this.#stringsEnded > 0) this.#strings = strings.splice(this.#stringsEnded);
    this.#stringsEnded = 0;
    if (bounds[0] !== undefined && bounds[0] < 0) yield this.#joined(chunk, bounds, strings);
    if (bounds.length > 0) yield this.#frame(chunk, bounds, strings, this.#bytes);
    if (open === undefined) return;
    const rest = chunk.subarray(Math.max(0, open));
    this.#pending.push(Buffer.from(rest)); // The chunk's memory may be used again for the next.
    this.#pendingBytes += rest.length;
  }

  /** Takes out the first element, which began in an earlier chunk; only such ones have to be copied. */
  #joined(chunk: Buffer, bounds: number[], strings: number[]): Frame {
    const [start = 0, end = 0] = bounds.splice(0, 2);
    let next = 0;
    while ((strings[next] ?? Number.POSITIVE_INFINITY) < this.#bytes + end) next += 2;
    const own = strings.splice(0, next);
    const bytes = Buffer.concat([...this.#pending, chunk.subarray(0, end)]);
    this.#pending = [];
    this.#pendingBytes = 0;
    return this.#frame(bytes, [0, end - start], own, this.#bytes + start);
  }

  #frame(bytes: Buffer, bounds: number[], strings: number[], byteOffset: number): Frame {
    const inBytes = strings.map((position) => position - byteOffset);
    const frame = { bytes, bounds, strings: inBytes, byteOffset, resultNumber: this.#elements + 1 };
    this.#elements += bounds.length / 2;
    return frame;
  }

  /** Follows the chunk to its end or its first fault, and says where that is; notes where elements begin and end. */
  #scan(chunk: Buffer, bounds: number[]): number {
    const [length, lines, strings, offset] = [chunk.length, this.#lines, this.#strings, this.#bytes];
    const { maxDepth } = this.#limits;
    const after = lines ? LINE_END : SEPARATOR;
    let [state, depth, stringStart, matter] = [this.#state, this.#depth, this.#stringStart, this.#matter];
    let followed = length;
    for (let i = 0; i < length; i++) {
      let byte = chunk[i] as number;
      if (state === STRING) {
        // Most bytes are in here, and most of the others are the quotes of JSON inside JSON.
        for (;;) {
          while (IS_PLAIN[byte] && ++i < length) byte = chunk[i] as number;
          if (byte !== BACKSLASH || i + 2 >= length || chunk[i + 1] !== QUOTE) break;
          i += 2;
          byte = chunk[i] as number;
        }
        if (i === length) break;
        if (byte === QUOTE) {
          const end = i + 1;
          if (matter === ODD || (matter === 0 && offset + end - stringStart >= LONG_STRING))
            strings.push(stringStart, offset + end);
          state = NESTED;
          if (depth === 0) {
            bounds.push(end);
            this.#stringsEnded = strings.length;
            state = after;
          }
        } else if (byte === BACKSLASH) state = ESCAPE;
        else matter |= byte === MARK_BYTE ? ODD : WRONG;
      } else if (state === NESTED) {
        if (byte === QUOTE) {
          state = STRING;
          stringStart = offset + i;
          matter = 0;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          if (++depth > maxDepth) {
            followed = i;
            break;
          }
        } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
          bounds.push(i + 1);
          this.#stringsEnded = strings.length;
          state = after;
        }
      } else if (state === ESCAPE) {
        if (!IS_ESCAPE[byte]) matter |= WRONG;
        if (byte === LOWER_U) matter |= ODD;
        this.#digits = 4;
        state = byte === LOWER_U ? HEX : STRING;
      } else if (state === HEX) {
        if (!IS_HEX[byte]) {
          matter |= WRONG;
          state = STRING;
          i--; // It may be the string's end.
        } else if (--this.#digits === 0) state = STRING;
      } else {
        if (state === SCALAR) {
          if (!isSpace(byte) && (lines || (byte !== COMMA && byte !== CLOSE_BRACKET))) continue;
          bounds.push(i);
          this.#stringsEnded = strings.length;
          state = after;
        }
        if (state === LINE_END && byte === NEWLINE) state = LINE;
        if (isSpace(byte)) continue;
        if (state === SEPARATOR && byte === COMMA) state = ELEMENT;
        else if ((state === SEPARATOR || state === FIRST) && byte === CLOSE_BRACKET) state = END;
        else if (state === START && byte === OPEN_BRACKET) state = FIRST;
        else if (
          state === LINE ||
          ((state === FIRST || state === ELEMENT) && byte !== COMMA && byte !== CLOSE_BRACKET)
        ) {
          bounds.push(i);
          this.#lastStart = this.#bytes + i;
          this.#lastIsArray = byte === OPEN_BRACKET;
          depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
          state = depth === 1 ? NESTED : byte === QUOTE ? STRING : SCALAR;
          stringStart = offset + i;
          matter = 0;
        } else {
          followed = i;
          break;
        }
      }
    }
    this.#state = state;
    this.#depth = depth;
    this.#stringStart = stringStart;
    this.#matter = matter;
    return followed;
  }
}

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

function among(characters: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(characters.includes(String.fromCharCode(byte))),
  );
}
