import { isUtf8 } from 'node:buffer';
import { getManyValues, isMany, none } from 'stream-chain/core';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import type { ByteString } from './byte-string.ts';
import type { Frame } from './framer.ts';
import { Lifted } from './lifted.ts';
import { type Element, Flaw, type Members } from './reader.ts';
import { type Shape, shapeOf } from './shape.ts';
import { Source } from './source.ts';
import { Template } from './template.ts';

/** Parses the elements of frames on stream-json, but for those that are like the last one that it had to parse. */
export class ElementParser {
  #last: Template | undefined;

  /** The last object that was parsed. */
  get last(): Template | undefined {
    return this.#last;
  }

  /**
   * Gives the elements of a frame in their order.
   * @throws Flaw when the turn comes of one that is not JSON.
   */
  *elements({ bytes, bounds, strings, resultNumber }: Frame): Generator<Element, void, undefined> {
    const source = new Source(bytes);
    for (let i = 0, next = 0; i < bounds.length; i += 2) {
      const [start = 0, end = 0] = [bounds[i], bounds[i + 1]];
      if (!source.isUtf8 && !isUtf8(bytes.subarray(start, end))) throw new Flaw('is not UTF-8');
      const first = next;
      while ((strings[next] ?? end) < end) next += 2;
      const number = resultNumber + i / 2;
      const isLike = source.isUtf8 && this.#last?.match(source.view, start, end) === end;
      if (this.#last && isLike) {
        const lifted = new Lifted(bytes, start, end, [...this.#last.strings]);
        yield new ParsedElement(number, this.#last.shape, lifted);
      } else {
        const lifted = new Lifted(bytes, start, end, strings.slice(first, next));
        yield new ParsedElement(number, this.#parse(lifted), lifted);
      }
    }
  }

  #parse(lifted: Lifted): Shape {
    const shape = shapeOf(tokenize(lifted.text), lifted);
    if (shape.isObject && !shape.isOwn) this.#last = new Template(shape, lifted);
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
