import { flushable, gen, none } from 'stream-chain/core';
import { BatchWriter } from './batch-writer.ts';
import { ElementParser } from './elements.ts';
import { type Frame, Framer } from './framer.ts';
import { UNSURE } from './json-bytes.ts';
import { type Batch, Flaw, type Reader, type Reading, refusal, type Select } from './reader.ts';
import { extractOf } from './record.ts';
import { Source } from './source.ts';

/** One that wants of elements what Extracts need not be asked for. */
export type PlainReading = Reading & { readonly select: Select };

/**
 * Takes elements where they stand, and writes what is wanted of them into a batch, without any strings in between. It
 * takes only what is surely right, and has no words for what is wrong: whatever else it meets is for others to judge.
 */
export interface Skimmer {
  /** @returns Where the element that begins at `start` ends, once it has been taken, or UNSURE. */
  take(source: Source, start: number): number;
}

/** Makes a reader that parses the elements, on stream-json, which its skimmer has not taken. */
export function skimming(
  skimmerOf: (reading: PlainReading, batch: BatchWriter, parser: ElementParser) => Skimmer,
): Reader {
  return async function* (source, location, reading) {
    const { select, outputType, separator, limits } = reading;
    const refuse = refusal(location);
    const framer = new Framer(outputType, limits, refuse);
    const batch = new BatchWriter(separator);
    const parser = new ElementParser();
    const extract = extractOf(select);
    const skimmer = typeof select === 'string' ? skimmerOf({ ...reading, select }, batch, parser) : undefined;

    /** Chunks → whole elements, but for those that are taken. */
    function frames(chunk: Buffer): Generator<Frame, void, undefined> {
      if (!skimmer) return framer.push(chunk);
      const whole = new Source(chunk);
      return framer.push(chunk, (start) => skimmer.take(whole, start));
    }

    /** Whole elements → what is wanted of each, one after the other, in a batch; and the batch whenever it is full. */
    function* batches(frame: Frame): Generator<Batch, void, undefined> {
      if (batch.isFull) yield* batch.flush();
      if (skimmer && skimmer.take(new Source(frame.bytes), 0) !== UNSURE) return;
      const elements = parser.elements(frame);
      for (let i = 0; ; i++) {
        try {
          const { done, value } = elements.next();
          if (done) return;
          batch.add(extract(value, limits));
        } catch (error) {
          if (!(error instanceof Flaw)) throw error;
          const byteOffset = frame.byteOffset + (frame.bounds[2 * i] ?? 0);
          throw refuse(error, byteOffset, frame.resultNumber + i);
        }
        if (batch.isFull) yield* batch.flush();
      }
    }

    const stages = gen(
      flushable(frames, () => framer.end()),
      flushable(batches, () => batch.flush()),
    );
    try {
      for await (const chunk of source) yield* stages(chunk);
      yield* stages(none as never); // Flushes them; the types leave it out.
    } catch (error) {
      if (batch.isFull) yield* batch.flush(); // It came first.
      throw error;
    }
  };
}
