import { CLOSE_BRACKET, COMMA, isSpace, NEWLINE, OPEN_BRACKET } from './syntax.ts';

/** What may come next. */
const [START, FIRST, ELEMENT, SEPARATOR, END, LINE, LINE_END] = [0, 1, 2, 3, 4, 5, 6];

const EXPECTED: Readonly<Record<number, string>> = {
  [START]: 'the [ of an array; for JSON Lines set outputType to JSONL',
  [FIRST]: 'a result or the end of the array',
  [ELEMENT]: 'a result',
  [SEPARATOR]: 'a comma or the end of the array',
  [END]: 'the end of the file; for JSON Lines set outputType to JSONL',
  [LINE_END]: 'the end of the line',
};

/** Judges what stands between the elements of a result file: brackets, commas or newlines, and white space. */
export class Between {
  readonly #lines: boolean;
  #state: number;

  constructor(lines: boolean) {
    this.#lines = lines;
    this.#state = lines ? LINE : START;
  }

  /** Completes a sentence. */
  get expected(): string {
    return `expected ${EXPECTED[this.#state]}`;
  }

  /** Whether there is a line, and no newline behind it yet. */
  get isInLine(): boolean {
    return this.#state === LINE_END;
  }

  /** Why the file must not end here. */
  get missing(): string | undefined {
    if (this.#lines || this.#state === END) return undefined;
    return this.#state === START ? 'the file is empty' : 'the file ends before its array does';
  }

  /** Goes on to what may be an element, to a fault or to the end of the chunk. */
  skip(chunk: Buffer, start: number): number {
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

  /** Whether an element may begin with that. */
  mayBegin(byte: number | undefined): boolean {
    if (this.#state === LINE) return true;
    return (this.#state === FIRST || this.#state === ELEMENT) && byte !== COMMA && byte !== CLOSE_BRACKET;
  }

  /** Has to be told where elements end. */
  elementEnded(): void {
    this.#state = this.#lines ? LINE_END : SEPARATOR;
  }
}
