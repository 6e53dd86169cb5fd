import { type ByteString, fromByteString, toByteString } from './byte-string.ts';
import type { Frame } from './framer.ts';

/** In bytes, with its quotes: a shorter string may stay where it is. */
export const LONG_STRING = 24;

/** DEL: all there is in a stand-in. Strings that have it are lifted as well, so whatever begins with it stands in. */
export const MARK = '\x7f';
const STAND_IN = `"${MARK}"`;

/**
 * One element without its long strings. They are most of an execution record, and what takes stream-json longest,
 * though only one of them is wanted. So each is lifted out, and a stand-in left in its place for the parser, until
 * somebody asks for what it stands for. Short strings with an escape that may not make a single byte are lifted too.
 * Only strings that are right are: what is not JSON is still there, for the parser to refuse.
 */
export class Lifted {
  readonly #frame: Frame;
  readonly #start: number;
  readonly #end: number;
  readonly #first: number;
  readonly #next: number;

  /** @param first,next The first of the element's strings among the frame's bounds of strings, and the one after. */
  constructor(frame: Frame, start: number, end: number, first: number, next: number) {
    this.#frame = frame;
    this.#start = start;
    this.#end = end;
    this.#first = first;
    this.#next = next;
  }

  /** JSON just when the element is. */
  get text(): ByteString {
    const { strings } = this.#frame;
    let text = '';
    let kept = this.#start;
    for (let i = this.#first; i < this.#next; i += 2) {
      text += this.#slice(kept, strings[i]) + STAND_IN;
      kept = strings[i + 1] ?? this.#end;
    }
    return text + this.#slice(kept, this.#end);
  }

  /** Whether this is the element's text: without making it, as that takes longer than to see that it is another's. */
  hasText(text: ByteString): boolean {
    const { bytes, strings } = this.#frame;
    let at = 0;
    let next = this.#first;
    for (let i = this.#start; i < this.#end; i++) {
      if (next < this.#next && i === strings[next]) {
        if (!text.startsWith(STAND_IN, at)) return false;
        at += STAND_IN.length;
        i = (strings[next + 1] ?? this.#end) - 1;
        next += 2;
      } else if (bytes[i] !== text.charCodeAt(at++)) return false;
    }
    return at === text.length;
  }

  /** The element with its strings. */
  get whole(): ByteString {
    return this.#slice(this.#start, this.#end);
  }

  /** What the stand-in number `index` of the text, from 0, stands for. */
  string(index: number): ByteString {
    const at = this.#first + 2 * index;
    const literal = this.#slice(this.#frame.strings[at], this.#frame.strings[at + 1]);
    if (!literal.includes('\\u')) return JSON.parse(literal) as ByteString;
    return toByteString(JSON.parse(fromByteString(literal)) as string);
  }

  #slice(start?: number, end?: number): ByteString {
    return this.#frame.bytes.toString('latin1', start, end);
  }
}
