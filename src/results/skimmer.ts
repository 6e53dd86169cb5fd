import { isUtf8 } from 'node:buffer';
import type { BatchWriter } from './batch-writer.ts';
import { type Decoded, decode } from './decode.ts';
import { endsScalar } from './follower.ts';
import { endOfColon, endOfPlain, endOfValue, skipSpace, UNSURE } from './json-bytes.ts';
import type { Reading, Select } from './reader.ts';
import { isRecordMember } from './record.ts';
import { CLOSE_BRACE, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './syntax.ts';

const OUTPUT = Buffer.from('Output');
const [OUTP, UT] = [OUTPUT.readInt32LE(0), OUTPUT.readUInt16LE(4)];

/** A chunk, and what has to be known of it before its elements are looked at. */
export class Source {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly isUtf8: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // Elements begin and end with ASCII, and what is not whole at the edges belongs to none that is.
    let [start, end] = [0, bytes.length];
    while (start < end && (bytes[start] as number) > 0x7f) start++;
    while (start < end && (bytes[end - 1] as number) > 0x7f) end--;
    this.isUtf8 = isUtf8(bytes.subarray(start, end));
  }
}

/**
 * Takes elements out of a chunk and writes what is wanted of them into a batch, without any strings in between. It
 * takes only what is surely right, and has no words for what is wrong: whatever else it meets is for others to judge.
 * Those are few: elements across chunks, which it gets once they are whole, escapes in the names of members, halves
 * of surrogate pairs.
 */
export class Skimmer {
  readonly #select: Select;
  readonly #lines: boolean;
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  readonly #batch: BatchWriter;
  readonly #output: Decoded = { behind: 0, end: 0 };

  constructor(select: Select, { outputType, limits }: Reading, batch: BatchWriter) {
    this.#select = select;
    this.#lines = outputType === 'JSONL';
    this.#maxBytes = limits.maxResultBytes;
    this.#maxDepth = limits.maxDepth;
    this.#batch = batch;
  }

  /** @returns Where the element that begins at `start` ends, once it has been taken, or UNSURE. */
  take(source: Source, start: number): number {
    const [batch, select] = [this.#batch, this.#select];
    if (!source.isUtf8 || batch.isFull) return UNSURE;
    const end =
      select === 'output' || select === 'record' ? this.#record(source, start) : this.#bare(source, start);
    if (end === UNSURE || end - start > this.#maxBytes) return UNSURE;
    if (select === 'output') batch.keep(this.#output.end);
    else batch.copy(source.bytes, start, end);
    batch.endElement();
    return end;
  }

  #bare(source: Source, start: number): number {
    const { view } = source;
    const first = view.getUint8(start);
    if (first === OPEN_BRACE && this.#select === 'presumed') return this.#record(source, start);
    const end = endOfValue(view, start, view.byteLength, this.#maxDepth);
    if (end === UNSURE || first === OPEN_BRACE || first === OPEN_BRACKET || first === QUOTE) return end;
    return end < view.byteLength && endsScalar(view.getUint8(end), this.#lines) ? end : UNSURE;
  }

  /** Goes through the members of an object. It must be a record with an Output or, if presumed, surely none. */
  #record({ bytes, view }: Source, start: number): number {
    const end = view.byteLength;
    const presumed = this.#select === 'presumed';
    let isSure = false;
    if (view.getUint8(start) !== OPEN_BRACE) return UNSURE;
    for (let at = start + 1; ; ) {
      at = skipSpace(view, at, end);
      if (at >= end || view.getUint8(at) !== QUOTE) return UNSURE;
      const name = at + 1;
      const nameEnd = endOfPlain(view, name, end);
      if (nameEnd >= end || view.getUint8(nameEnd) !== QUOTE) return UNSURE;
      at = endOfColon(view, nameEnd + 1, end);
      if (at === UNSURE) return UNSURE;
      if (!presumed && isOutput(view, name, nameEnd)) {
        isSure = this.#decodeOutput(view, skipSpace(view, at, end), end);
        at = isSure ? this.#output.behind : UNSURE;
      } else {
        at = endOfValue(view, at, end, this.#maxDepth - 1);
        if (presumed && !isSure) isSure = !isRecordMember(bytes.toString('latin1', name, nameEnd));
      }
      if (at === UNSURE) return UNSURE;
      at = skipSpace(view, at, end);
      if (at >= end) return UNSURE;
      const next = view.getUint8(at++);
      if (next === CLOSE_BRACE) return isSure ? at : UNSURE;
      if (next !== COMMA) return UNSURE;
    }
  }

  /** Drafts the Output of a record, which has to be a string of JSON. The last one counts where there are several. */
  #decodeOutput(view: DataView, start: number, end: number): boolean {
    const [batch, output] = [this.#batch, this.#output];
    if (start >= end || view.getUint8(start) !== QUOTE) return false;
    if (!decode(view, start + 1, end, batch, output)) return false;
    const behind = endOfValue(batch.view, batch.start, output.end, this.#maxDepth);
    return behind !== UNSURE && skipSpace(batch.view, behind, output.end) === output.end;
  }
}

function isOutput(view: DataView, name: number, end: number): boolean {
  return end - name === 6 && view.getInt32(name, true) === OUTP && view.getUint16(name + 4, true) === UT;
}
