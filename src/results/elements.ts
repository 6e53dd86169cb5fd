import { isUtf8 } from 'node:buffer';
import { getManyValues, isMany, none } from 'stream-chain/core';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import type { ByteString } from './byte-string.ts';
import type { Frame } from './framer.ts';
import { Lifted } from './lifted.ts';
import { type Element, Flaw, type Members } from './reader.ts';
import { type Shape, shapeOf } from './shape.ts';

/**
 * Parses the elements of frames, on stream-json. But for their long strings, the records of a Map Run are mostly the
 * same to the letter: what has been found out of one holds for the next as well, and only others have to be parsed.
 */
export class ElementParser {
  #known: { readonly text: ByteString; readonly shape: Shape } | undefined;

  /**
   * Gives the elements of a frame in their order.
   * @throws Flaw when the turn comes of one that is not JSON.
   */
  *elements(frame: Frame): Generator<Element, void, undefined> {
    const { bytes, bounds, strings, resultNumber } = frame;
    const allUtf8 = isUtf8(bytes);
    for (let i = 0, next = 0; i < bounds.length; i += 2) {
      const [start = 0, end = 0] = [bounds[i], bounds[i + 1]];
      if (!allUtf8 && !isUtf8(bytes.subarray(start, end))) throw new Flaw('is not UTF-8');
      const first = next;
      while ((strings[next] ?? end) < end) next += 2;
      const lifted = new Lifted(frame, start, end, first, next);
      yield new ParsedElement(resultNumber + i / 2, this.#shapeOf(lifted), lifted);
    }
  }

  #shapeOf(lifted: Lifted): Shape {
    if (this.#known && lifted.hasText(this.#known.text)) return this.#known.shape;
    const { text } = lifted;
    const shape = shapeOf(tokenize(text), lifted);
    if (!shape.isOwn) this.#known = { text, shape };
    return shape;
  }
}

class ParsedElement implements Element, Members {
  readonly number: number;
  readonly #shape: Shape;
  readonly #lifted: Lifted;

  constructor(number: number, shape: Shape, lifted: Lifted) {
    this.number = number;
    this.#shape = shape;
    this.#lifted = lifted;
  }

  /** Made only where it is asked for: mostly, nobody wants whole records. */
  get text(): ByteString {
    return this.#lifted.whole;
  }

  get members(): Members | undefined {
    return this.#shape.isObject ? this : undefined;
  }

  get hasOutput(): boolean {
    return this.#shape.hasOutput;
  }

  get output(): ByteString | undefined {
    const { output } = this.#shape;
    return typeof output === 'number' ? this.#lifted.string(output) : output;
  }

  get areOfRecord(): boolean {
    return this.#shape.isRecord;
  }
}

/** In characters: tokens take many times the room of their text, so those of a long one are never all there. */
const PIECE = 64 * 1024;

/**
 * The tokens of an array with `json` in it, as lists of some.
 * @param json As it is, or byte by byte.
 * @throws Flaw where it is not JSON, once the tokens before have been taken.
 */
export function* tokenize(json: string): Generator<readonly Token[], void, undefined> {
  const parse = jsonParser({ packValues: true, streamValues: false });
  const array = `[${json}]`;
  try {
    for (let at = 0; at < array.length; at += PIECE) {
      const tokens = parse(array.slice(at, at + PIECE));
      if (isMany(tokens)) yield getManyValues(tokens);
    }
    parse(none as never); // The types leave it out. It throws unless the array has ended.
  } catch (cause) {
    throw new Flaw(`is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
