import type { Refuse } from './reader.ts';

/** Some whole elements of an array, one after the other, as they stand in a result file. */
export interface Frame {
  /** From the first element's first byte to the last one's last, with whatever stands between them. */
  readonly bytes: Buffer;
  /** In `bytes`: where the first element begins, where it ends, where the second begins, and so on. */
  readonly bounds: readonly number[];
  /** Where in the file `bytes` begins. */
  readonly byteOffset: number;
  /** The number of the first element, from 1. */
  readonly resultNumber: number;
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where the framer is. Up to SCALAR, inside an element; the others say what may come next in the array. */
const [STRING, ESCAPE, NESTED, SCALAR, START, FIRST, ELEMENT, SEPARATOR, END] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Cuts a JSON array between its elements, as its bytes arrive. It judges the array's own brackets, commas and white
 * space; of the elements it follows just as much as it takes to find their ends. Whether they are JSON is for a
 * parser to say, which can then be given whole elements and needs to know nothing of chunks and offsets.
 */
export class ArrayFramer {
  readonly #refuse: Refuse;
  #state = START;
  /** Brackets and braces open inside the element. */
  #depth = 0;
  /** The beginning of an element that has not ended yet, and its length. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes before the next chunk, and elements that have ended in them. */
  #bytes = 0;
  #elements = 0;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /**
   * Takes the next chunk and gives the elements that end in it, if any do. They come before the error, so that the
   * first fault of a file is the one reported, however it is cut into chunks.
   * @throws MapRunResultsError `ResultFileMalformed` where the array itself is broken.
   */
  *push(chunk: Uint8Array): Generator<Frame, void, undefined> {
    const before = this.#pendingBytes;
    // Counted from the first byte of what is pending.
    const bounds: number[] = this.#state <= SCALAR ? [0] : [];
    const fault = this.#scan(chunk, before, bounds);
    const offset = this.#bytes - before;
    this.#bytes += chunk.length;

    const open = bounds.length % 2 === 1 ? bounds.pop() : undefined;
    const [start, end] = [bounds[0], bounds.at(-1)];
    if (start !== undefined && end !== undefined) {
      const tail = chunk.subarray(before === 0 ? start : 0, end - before);
      yield {
        bytes: Buffer.concat([...this.#pending, tail]),
        bounds: bounds.map((bound) => bound - start),
        byteOffset: offset + start,
        resultNumber: this.#elements + 1,
      };
      this.#elements += bounds.length / 2;
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    if (fault) throw this.#refuse(fault.why, offset + before + fault.at);
    if (open !== undefined) {
      const rest = chunk.subarray(Math.max(0, open - before));
      this.#pending.push(rest);
      this.#pendingBytes += rest.length;
    }
  }

  /**
   * Takes the end of the file.
   * @throws MapRunResultsError `ResultFileMalformed` unless the array has ended.
   */
  end(): void {
    if (this.#state === END) return;
    if (this.#state <= SCALAR) {
      const start = this.#bytes - this.#pendingBytes;
      throw this.#refuse(`has no end: the file ends at byte ${this.#bytes}`, start, this.#elements + 1);
    }
    const empty = this.#state === START;
    throw this.#refuse(empty ? 'the file is empty' : 'the file ends before its array does', this.#bytes);
  }

  /** Follows the chunk; notes in `bounds` where elements begin and end. Gives up at the first fault. */
  #scan(chunk: Uint8Array, before: number, bounds: number[]): { why: string; at: number } | undefined {
    let state = this.#state;
    let depth = this.#depth;
    const length = chunk.length;
    for (let i = 0; i < length; i++) {
      const byte = chunk[i] as number;
      if (state === STRING) {
        if (byte === BACKSLASH) state = ESCAPE;
        else if (byte === QUOTE) {
          state = NESTED;
          if (depth === 0) {
            bounds.push(before + i + 1);
            state = SEPARATOR;
          }
        }
      } else if (state === NESTED) {
        if (byte === QUOTE) state = STRING;
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
          bounds.push(before + i + 1);
          state = SEPARATOR;
        }
      } else if (state === ESCAPE) {
        state = STRING;
      } else {
        if (state === SCALAR) {
          if (byte !== COMMA && byte !== CLOSE_BRACKET && !isSpace(byte)) continue;
          bounds.push(before + i);
          state = SEPARATOR;
        }
        if (isSpace(byte)) continue;
        if (state === SEPARATOR && byte === COMMA) state = ELEMENT;
        else if ((state === SEPARATOR || state === FIRST) && byte === CLOSE_BRACKET) state = END;
        else if (state === START && byte === OPEN_BRACKET) state = FIRST;
        else if ((state === FIRST || state === ELEMENT) && byte !== COMMA && byte !== CLOSE_BRACKET) {
          bounds.push(before + i);
          depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
          state = depth === 1 ? NESTED : byte === QUOTE ? STRING : SCALAR;
        } else return { why: `expected ${EXPECTED[state]}`, at: i };
      }
    }
    this.#state = state;
    this.#depth = depth;
    return undefined;
  }
}

const EXPECTED: Record<number, string> = {
  [START]: 'the [ of an array',
  [FIRST]: 'a result or the end of the array',
  [ELEMENT]: 'a result',
  [SEPARATOR]: 'a comma or the end of the array',
  [END]: 'the end of the file',
};

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
