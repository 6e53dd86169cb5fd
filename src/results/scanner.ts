import type { BatchWriter } from './batch-writer.ts';
import { type Decoded, decodeJson } from './decode.ts';
import { endsScalar } from './follower.ts';
import { endOfColon, endOfPlain, endOfValue, skipSpace, UNSURE } from './json-bytes.ts';
import type { Select } from './reader.ts';
import { isRecordMember } from './record.ts';
import { type PlainReading, type Skimmer, skimming } from './skimming.ts';
import type { Source } from './source.ts';
import { CLOSE_BRACE, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './syntax.ts';

const OUTPUT = Buffer.from('Output');
const [OUTP, UT] = [OUTPUT.readInt32LE(0), OUTPUT.readUInt16LE(4)];

/**
 * Reads as the default reader does, faster: most elements are read byte by byte where they stand, and only what is odd
 * about them goes its way. That gives the same texts and the same errors, as they are made there.
 */
export const scannerReader = skimming((reading, batch) => new Scanner(reading, batch));

/** Takes whatever is surely right. Odd are escapes in the names of members, and halves of surrogate pairs. */
export class Scanner implements Skimmer {
  readonly #select: Select;
  readonly #lines: boolean;
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  readonly #batch: BatchWriter;
  readonly #output: Decoded = { behind: 0, end: 0 };

  constructor({ select, outputType, limits }: PlainReading, batch: BatchWriter) {
    this.#select = select;
    this.#lines = outputType === 'JSONL';
    this.#maxBytes = limits.maxResultBytes;
    this.#maxDepth = limits.maxDepth;
    this.#batch = batch;
  }

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
        // The last one counts where there are several.
        isSure = decodeJson(view, skipSpace(view, at, end), end, this.#batch, this.#output, this.#maxDepth);
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
}

function isOutput(view: DataView, name: number, end: number): boolean {
  return end - name === 6 && view.getInt32(name, true) === OUTP && view.getUint16(name + 4, true) === UT;
}
