import type { BatchWriter } from './batch-writer.ts';
import { type Decoded, decodeJson } from './decode.ts';
import type { ElementParser } from './elements.ts';
import { UNSURE } from './json-bytes.ts';
import { type PlainReading, type Skimmer, skimming } from './skimming.ts';
import type { Source } from './source.ts';
import type { Template } from './template.ts';

/** The default reader, on stream-json, which parses every element that is unlike the one it has parsed before. */
export const streamJsonReader = skimming((reading, batch, parser) => new Matcher(reading, batch, parser));

/** Takes the elements that match the last one that was parsed. */
class Matcher implements Skimmer {
  readonly #reading: PlainReading;
  readonly #batch: BatchWriter;
  readonly #parser: ElementParser;
  readonly #output: Decoded = { behind: 0, end: 0 };

  constructor(reading: PlainReading, batch: BatchWriter, parser: ElementParser) {
    this.#reading = reading;
    this.#batch = batch;
    this.#parser = parser;
  }

  take(source: Source, start: number): number {
    const [batch, template] = [this.#batch, this.#parser.last];
    const { select, limits } = this.#reading;
    if (!template || !source.isUtf8 || batch.isFull) return UNSURE;
    const end = template.match(source.view, start, source.view.byteLength);
    if (end === UNSURE || end - start > limits.maxResultBytes) return UNSURE;
    if (select === 'output' || select === 'record') {
      if (!this.#draftOutput(source.view, template)) return UNSURE;
    } else if (select === 'presumed' && template.shape.isRecord) return UNSURE;
    if (select === 'output') batch.keep(this.#output.end);
    else batch.copy(source.bytes, start, end);
    batch.endElement();
    return end;
  }

  #draftOutput(view: DataView, { shape: { output }, strings }: Template): boolean {
    if (typeof output !== 'number') return false;
    const [start = 0, end = 0] = [strings[2 * output], strings[2 * output + 1]];
    return decodeJson(view, start, end, this.#batch, this.#output, this.#reading.limits.maxDepth);
  }
}
