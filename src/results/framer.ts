import { Follower } from './follower.ts';
import { type Limits, tooDeep, tooLarge } from './limits.ts';
import { Flaw, type OutputType, type Refuse } from './reader.ts';
import { CLOSE_BRACKET, COMMA, isSpace, NEWLINE, OPEN_BRACKET } from './syntax.ts';

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

/** What may come next between elements. */
const [START, FIRST, ELEMENT, SEPARATOR, END, LINE, LINE_END] = [0, 1, 2, 3, 4, 5, 6];

const EXPECTED: Readonly<Record<number, string>> = {
  [START]: 'the [ of an array; for JSON Lines set outputType to JSONL',
  [FIRST]: 'a result or the end of the array',
  [ELEMENT]: 'a result',
  [SEPARATOR]: 'a comma or the end of the array',
  [END]: 'the end of the file; for JSON Lines set outputType to JSONL',
  [LINE_END]: 'the end of the line',
};

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
  readonly #follower: Follower;
  #state: number;
  /** The beginning of an element that has not ended yet, and its length: it stands at negative positions. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** How many of the bounds of strings are of elements that have ended. */
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
    this.#follower = new Follower(this.#lines, limits.maxDepth);
    this.#state = this.#lines ? LINE : START;
  }

  /**
   * Takes the next chunk and gives the elements that end in it, if any do. They come before the error, so that the
   * first fault of a file is the one reported, however it is cut into chunks.
   * @throws MapRunResultsError `ResultFileMalformed` where the file is broken between its elements, `LimitExceeded`.
   */
  *push(chunk: Buffer): Generator<Frame, void, undefined> {
    const bounds: number[] = this.#follower.isInside ? [-this.#pendingBytes] : [];
    const { length } = chunk;
    const followed = this.#scan(chunk, bounds);
    const tooLargeAt = this.#cutOffTooLarge(bounds, followed);
    yield* this.#cut(chunk, bounds);
    if (tooLargeAt !== undefined)
      throw this.#refuse(tooLarge(this.#limits, this.#lines), this.#bytes + tooLargeAt, this.#elements + 1);
    if (followed < length && this.#follower.isInside)
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
    if (this.#follower.isInScalar && this.#lines) {
      yield* this.#cut(Buffer.alloc(0), [-this.#pendingBytes, 0]);
    } else if (this.#follower.isInside) {
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
    const strings = this.#follower.strings.splice(0, this.#stringsEnded);
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

  /** Goes through the chunk to its end or its first fault, and says where that is; notes where elements begin and end. */
  #scan(chunk: Buffer, bounds: number[]): number {
    const follower = this.#follower;
    let at = 0;
    while (at < chunk.length) {
      if (follower.isInside) at = follower.follow(chunk, at, this.#bytes);
      else {
        at = this.#nextElement(chunk, at);
        if (at === chunk.length || !this.#isNext(chunk[at])) return at;
        bounds.push(at);
        this.#lastStart = this.#bytes + at;
        this.#lastIsArray = chunk[at] === OPEN_BRACKET;
        at = follower.begin(chunk, at, this.#bytes);
      }
      if (follower.isInside) return at;
      bounds.push(at);
      this.#stringsEnded = follower.strings.length;
      this.#state = this.#lines ? LINE_END : SEPARATOR;
    }
    return at;
  }

  /** Goes on to an element, a fault or the end of the chunk. */
  #nextElement(chunk: Buffer, start: number): number {
    let state = this.#state;
    let at = start;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (state === LINE_END && byte === NEWLINE) state = LINE;
      else if (isSpace(byte)) continue;
      else if (state === SEPARATOR && byte === COMMA) state = ELEMENT;
      else if ((state === SEPARATOR || state === FIRST) && byte === CLOSE_BRACKET) state = END;
      else if (state === START && byte === OPEN_BRACKET) state = FIRST;
      else break;
    }
    this.#state = state;
    return at;
  }

  /** Whether an element may begin with that, here. */
  #isNext(byte: number | undefined): boolean {
    if (this.#state === LINE) return true;
    return (this.#state === FIRST || this.#state === ELEMENT) && byte !== COMMA && byte !== CLOSE_BRACKET;
  }
}
