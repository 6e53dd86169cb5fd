import { type ByteString, fromByteString, toByteString } from './byte-string.ts';

/** In bytes, with its quotes: a shorter string may stay where it is. */
export const LONG_STRING = 24;

/** DEL: all there is in a stand-in. Strings that have it are lifted as well, so whatever begins with it stands in. */
export const MARK = '\x7f';

/**
 * One element without its long strings. They are most of an execution record, and what takes stream-json longest,
 * though only one of them is wanted. So each is lifted out, and a stand-in left in its place for the parser, until
 * somebody asks for what it stands for. Short strings with an escape that may not make a single byte are lifted too.
 * Only strings that are right are: what is not JSON is still there, for the parser to refuse.
 */
export class Lifted {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #strings: readonly number[];

  /** @param strings In `bytes`: where the element's first string begins, where it ends, and so on. */
  constructor(bytes: Buffer, start: number, end: number, strings: readonly number[]) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#strings = strings;
  }

  /** JSON just when the element is. */
  get text(): ByteString {
    return this.between.map((bytes) => bytes.toString('latin1')).join(`${MARK}"`);
  }

  /** What stands before and between the strings, up to their opening quotes, and behind them. */
  get between(): readonly Buffer[] {
    const pieces: Buffer[] = [];
    let kept = this.#start;
    for (let i = 0; i < this.#strings.length; i += 2) {
      pieces.push(this.#bytes.subarray(kept, (this.#strings[i] ?? 0) + 1));
      kept = this.#strings[i + 1] ?? this.#end;
    }
    return [...pieces, this.#bytes.subarray(kept, this.#end)];
  }

  /** The element with its strings. */
  get whole(): ByteString {
    return this.#slice(this.#start, this.#end);
  }

  /** What the stand-in number `index` of the text, from 0, stands for. */
  string(index: number): ByteString {
    const literal = this.#slice(this.#strings[2 * index], this.#strings[2 * index + 1]);
    if (!literal.includes('\\u')) return JSON.parse(literal) as ByteString;
    return toByteString(JSON.parse(fromByteString(literal)) as string);
  }

  #slice(start?: number, end?: number): ByteString {
    return this.#bytes.toString('latin1', start, end);
  }
}
