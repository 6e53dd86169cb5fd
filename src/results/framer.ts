import { Between } from './between.ts';
import { Follower } from './follower.ts';
import { type Limits, tooDeep, tooLarge } from './limits.ts';
import { Flaw, type OutputType, type Refuse } from './reader.ts';
import { OPEN_BRACKET } from './syntax.ts';

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

/**
 * Takes an element before anybody else has looked at it, if it can.
 * @param start Where in the chunk it begins.
 * @returns Where it ends, or a negative number.
 */
export type Skim = (start: number) => number;

/**
 * Cuts a result file between its elements, as its bytes arrive. Whether they are JSON is for a parser to say, which
 * can then be given whole elements and needs to know nothing of chunks. An element that exceeds the limits is refused
 * as soon as that much of it has arrived.
 *
 * A last line without a newline is taken, unless it is an array: then the file is one of type JSON, and what would be
 * one result is all of them.
 */
export class Framer {
  readonly #refuse: Refuse;
  readonly #limits: Limits;
  readonly #lines: boolean;
  readonly #between: Between;
  readonly #follower: Follower;
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
    this.#between = new Between(this.#lines);
    this.#follower = new Follower(this.#lines, limits.maxDepth);
  }

  /**
   * Takes the next chunk and gives the elements that end in it, if any do. They come before the error, so that the
   * first fault of a file is the one reported, however it is cut into chunks.
   * @param skim Is offered every element that begins in the chunk, in their order. Those it takes are not given.
   * @throws MapRunResultsError `ResultFileMalformed` where the file is broken between its elements, `LimitExceeded`.
   */
  *push(chunk: Buffer, skim?: Skim): Generator<Frame, void, undefined> {
    const { length } = chunk;
    for (let at = 0, followed = 0; at < length; at = followed) {
      const bounds: number[] = this.#follower.isInside ? [-this.#pendingBytes] : [];
      followed = this.#scan(chunk, at, bounds, skim);
      const isFault = followed < length && bounds.length === 0;
      const tooLargeAt = this.#cutOffTooLarge(bounds, followed);
      yield* this.#cut(chunk, bounds, skim !== undefined);
      if (tooLargeAt !== undefined)
        throw this.#refuse(tooLarge(this.#limits, this.#lines), this.#bytes + tooLargeAt, this.#elements + 1);
      if (followed < length && this.#follower.isInside)
        throw this.#refuse(tooDeep(this.#limits), this.#lastStart, this.#elements + 1);
      if (isFault) throw this.#refuse(new Flaw(this.#between.expected), this.#bytes + followed);
    }
    this.#bytes += length;
  }

  /**
   * Takes the end of the file, and gives an element that only that has ended.
   * @throws MapRunResultsError `ResultFileMalformed` unless the file may end there.
   */
  *end(): Generator<Frame, void, undefined> {
    const start = this.#bytes - this.#pendingBytes;
    const { missing } = this.#between;
    if (this.#follower.isInScalar && this.#lines) {
      yield* this.#cut(Buffer.alloc(0), [-this.#pendingBytes, 0], false);
    } else if (this.#follower.isInside) {
      const why = `has no end: the file ends at byte ${this.#bytes}`;
      throw this.#refuse(new Flaw(why), start, this.#elements + 1);
    } else if (this.#between.isInLine && this.#lastIsArray) {
      const why = 'is an array that no newline ends, as in a file of type JSON; set outputType to JSON';
      throw this.#refuse(new Flaw(why), this.#lastStart, this.#elements);
    } else if (missing !== undefined) throw this.#refuse(new Flaw(missing), this.#bytes);
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

  /**
   * Gives the elements that have ended, and keeps the beginning of one that has not.
   * @param apart Each in a frame of its own.
   */
  *#cut(chunk: Buffer, bounds: number[], apart: boolean): Generator<Frame, void, undefined> {
    const open = bounds.length % 2 === 1 ? bounds.pop() : undefined;
    const strings = this.#follower.strings.splice(0, this.#stringsEnded);
    this.#stringsEnded = 0;
    if (bounds[0] !== undefined && (bounds[0] < 0 || apart)) yield this.#first(chunk, bounds, strings);
    if (bounds.length > 0) yield this.#frame(chunk, bounds, strings, this.#bytes);
    if (open === undefined) return;
    const rest = chunk.subarray(Math.max(0, open));
    this.#pending.push(Buffer.from(rest)); // The chunk's memory may be used again for the next.
    this.#pendingBytes += rest.length;
  }

  /** Takes out the first element. Only where it began in an earlier chunk it has to be copied. */
  #first(chunk: Buffer, bounds: number[], strings: number[]): Frame {
    const [start = 0, end = 0] = bounds.splice(0, 2);
    let next = 0;
    while ((strings[next] ?? Number.POSITIVE_INFINITY) < this.#bytes + end) next += 2;
    const own = strings.splice(0, next);
    const inChunk = chunk.subarray(Math.max(0, start), end);
    const bytes = start < 0 ? Buffer.concat([...this.#pending, inChunk]) : inChunk;
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

  /**
   * Goes on to the end of the chunk, to the first fault, or with `skim` to the end of an element that it has followed.
   * Notes where elements begin and end, and says where it is.
   */
  #scan(chunk: Buffer, start: number, bounds: number[], skim: Skim | undefined): number {
    const [between, follower] = [this.#between, this.#follower];
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = start;
    while (at < chunk.length) {
      if (follower.isInside) at = follower.follow(chunk, view, at, this.#bytes);
      else {
        at = between.skip(chunk, at);
        if (at === chunk.length || !between.mayBegin(chunk[at])) return at;
        this.#lastStart = this.#bytes + at;
        this.#lastIsArray = chunk[at] === OPEN_BRACKET;
        const end = skim ? skim(at) : -1;
        if (end < 0) {
          bounds.push(at);
          at = follower.begin(chunk, view, at, this.#bytes);
        } else {
          between.elementEnded();
          this.#elements++;
          at = end;
          continue;
        }
      }
      if (follower.isInside) return at;
      between.elementEnded();
      bounds.push(at);
      this.#stringsEnded = follower.strings.length;
      if (skim) return at;
    }
    return at;
  }
}
