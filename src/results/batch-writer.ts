import type { ByteString } from './byte-string.ts';
import { BATCH_MEMORY, BATCH_SIZE, type Batch } from './reader.ts';
import { SPACE } from './syntax.ts';

/** In bytes: so much of the memory stays free, for whoever writes a few bytes at once. */
const MARGIN = 16;

const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(NOTHING.buffer, 0, 0);

/**
 * Gathers texts in the memory of the batch that is to be passed on, so that they are copied just once. A text is first
 * drafted, in one piece or several, and becomes part of the batch when it is known to be right.
 */
export class BatchWriter {
  readonly #separator: ',' | '\n';
  #bytes: Buffer<ArrayBuffer> = NOTHING;
  #view = NO_VIEW;
  #length = 0;
  #count = 0;
  #elements = 0;

  constructor(separator: ',' | '\n') {
    this.#separator = separator;
  }

  get isFull(): boolean {
    return this.#length >= BATCH_SIZE;
  }

  /** The memory; it is another one after `grow`, and after `flush`. */
  get view(): DataView {
    return this.#view;
  }

  /** Where a draft begins. */
  get start(): number {
    return this.#count === 0 ? 0 : this.#length + 1;
  }

  /** Up to where a draft may be written, MARGIN apart. */
  get end(): number {
    return this.#bytes.length - MARGIN;
  }

  /**
   * Makes more room for a draft.
   * @param length Of what is there, with the draft.
   * @param more In bytes, how much more there will be at most.
   * @param least How much more there must be room for.
   */
  grow(length: number, more: number, least = 1): DataView {
    const enough = Math.max(length + least, Math.min(2 * length, length + more)) + MARGIN;
    const bytes = Buffer.allocUnsafeSlow(Math.max(enough, BATCH_MEMORY));
    this.#bytes.copy(bytes, 0, 0, length);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    return this.#view;
  }

  /** Takes bytes over as they are. */
  copy(source: Buffer, start: number, end: number): void {
    const at = this.#room(end - start);
    source.copy(this.#bytes, at, start, end);
    this.keep(at + end - start);
  }

  /** Adds an element: the texts that are made of it. */
  add(texts: readonly ByteString[]): void {
    for (const text of texts) {
      const at = this.#room(text.length);
      this.#bytes.write(text, at, 'latin1');
      this.keep(at + text.length);
    }
    this.endElement();
  }

  /** Makes the draft that ends there one of the texts. It is JSON. */
  keep(end: number): void {
    const { start } = this;
    if (this.#separator === '\n') putOnOneLine(this.#view, start, end);
    if (this.#count > 0) this.#bytes[start - 1] = this.#separator.charCodeAt(0);
    this.#length = end;
    this.#count++;
  }

  /** To be told of every element, once what is made of it has been written. */
  endElement(): void {
    this.#elements++;
  }

  /** Gives the batch, if there is anything in it, and begins another. */
  *flush(): Generator<Batch, void, undefined> {
    if (this.#elements === 0) return;
    const batch = { bytes: this.#fitted(), count: this.#count, elements: this.#elements };
    this.#bytes = NOTHING;
    this.#view = NO_VIEW;
    this.#length = 0;
    this.#count = 0;
    this.#elements = 0;
    yield batch;
  }

  #room(length: number): number {
    const { start } = this;
    if (start + length > this.end) this.grow(this.#length, 0, length + 1);
    return start;
  }

  /** What is there, without holding more than a quarter more of memory. */
  #fitted(): Buffer<ArrayBuffer> {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (1.25 * this.#length >= this.#bytes.length) return bytes;
    const fitting = Buffer.allocUnsafeSlow(this.#length);
    bytes.copy(fitting);
    return fitting;
  }
}

/** Newlines of JSON stand between its tokens, never in its strings. */
function putOnOneLine(json: DataView, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if (at + 4 <= end && !hasControls(json.getInt32(at, true))) at += 3;
    else if (isNewline(json.getUint8(at))) json.setUint8(at, SPACE);
  }
}

/** Whether there is a byte below that of the space among the four: see `special`. */
function hasControls(word: number): boolean {
  return ((word - 0x20202020) & ~word & 0x80808080) !== 0;
}

function isNewline(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d;
}
