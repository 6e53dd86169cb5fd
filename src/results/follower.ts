import { endOfPlain } from './json-bytes.ts';
import { LONG_STRING, MARK } from './lifted.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  IS_ESCAPE,
  IS_HEX,
  isSpace,
  LOWER_U,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './syntax.ts';

/** Where the follower is. */
const [STRING, ESCAPE, HEX, NESTED, SCALAR, OUTSIDE] = [0, 1, 2, 3, 4, 5];

/** What is the matter with a string: it is not right, or it must be lifted however short it is. */
const [WRONG, ODD] = [1, 2];
const MARK_BYTE = MARK.charCodeAt(0);
/** Follows elements, from chunk to chunk, just as closely as it takes to find their ends and their long strings. */
export class Follower {
  /** Strings that can be lifted, by their places in the file: where the first begins, where it ends, and so on. */
  readonly strings: number[] = [];
  readonly #lines: boolean;
  readonly #maxDepth: number;
  #state = OUTSIDE;
  /** Brackets and braces open. */
  #depth = 0;
  /** Of the string that it is in: where in the file it begins, what is the matter with it, digits of \u to come. */
  #stringStart = 0;
  #matter = 0;
  #digits = 0;

  constructor(lines: boolean, maxDepth: number) {
    this.#lines = lines;
    this.#maxDepth = maxDepth;
  }

  /** Whether it is in an element that has not ended. */
  get isInside(): boolean {
    return this.#state !== OUTSIDE;
  }

  /** Whether it is in one that ends with the file, if that does. */
  get isInScalar(): boolean {
    return this.#state === SCALAR;
  }

  /**
   * Begins an element, and follows it.
   * @param offset Where in the file the chunk begins.
   * @returns What `follow` does.
   */
  begin(chunk: Buffer, view: DataView, start: number, offset: number): number {
    const byte = chunk[start];
    const isNested = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    this.#depth = isNested ? 1 : 0;
    this.#state = isNested ? NESTED : byte === QUOTE ? STRING : SCALAR;
    this.#stringStart = offset + start;
    this.#matter = 0;
    return this.follow(chunk, view, start + 1, offset);
  }

  /**
   * Follows the element that it is in.
   * @returns Where that ends; while it is still inside the end of the chunk, or the bracket that is too deep.
   */
  follow(chunk: Buffer, view: DataView, start: number, offset: number): number {
    const [length, lines, maxDepth, strings] = [chunk.length, this.#lines, this.#maxDepth, this.strings];
    let [state, depth, stringStart, matter] = [this.#state, this.#depth, this.#stringStart, this.#matter];
    let i = start;
    for (; i < length; i++) {
      let byte = chunk[i] as number;
      if (state === STRING) {
        if (byte === MARK_BYTE && offset + i === stringStart + 1) matter |= ODD;
        // Most bytes are in here, and most of the others are the quotes of JSON inside JSON.
        for (;;) {
          i = endOfPlain(view, i, length);
          if (i + 2 >= length || chunk[i] !== BACKSLASH || chunk[i + 1] !== QUOTE) break;
          i += 2;
        }
        if (i === length) break;
        byte = chunk[i] as number;
        if (byte === QUOTE) {
          const behind = offset + i + 1;
          if (matter === ODD || (matter === 0 && behind - stringStart >= LONG_STRING))
            strings.push(stringStart, behind);
          state = NESTED;
          if (depth === 0) {
            state = OUTSIDE;
            i++;
            break;
          }
        } else if (byte === BACKSLASH) state = ESCAPE;
        else matter |= WRONG;
      } else if (state === NESTED) {
        if (byte === QUOTE) {
          state = STRING;
          stringStart = offset + i;
          matter = 0;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          if (++depth > maxDepth) break;
        } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
          state = OUTSIDE;
          i++;
          break;
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
      } else if (endsScalar(byte, lines)) {
        state = OUTSIDE;
        break;
      }
    }
    this.#state = state;
    this.#depth = depth;
    this.#stringStart = stringStart;
    this.#matter = matter;
    return i;
  }
}

/** Whether the byte ends a number or a word before it, or whatever it is that is neither. */
export function endsScalar(byte: number | undefined, lines: boolean): boolean {
  return isSpace(byte) || (!lines && (byte === COMMA || byte === CLOSE_BRACKET));
}
