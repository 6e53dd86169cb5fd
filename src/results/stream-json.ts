import { flushable, gen, none } from 'stream-chain/core';
import { BatchWriter } from './batch-writer.ts';
import type { ByteString } from './byte-string.ts';
import { ElementParser } from './elements.ts';
import { type Frame, Framer } from './framer.ts';
import { type Batch, Flaw, type Reader, type Reading, type Refuse, refusal } from './reader.ts';
import { extractOf } from './record.ts';

/** The default reader, on stream-json. */
export const streamJsonReader: Reader = async function* (source, location, reading) {
  const refuse = refusal(location);
  const stages = gen(
    frames(new Framer(reading.outputType, reading.limits, refuse)),
    batches(reading.separator, textsOf(reading, refuse)),
  );
  for await (const chunk of source) yield* stages(chunk);
  yield* stages(none as never); // Flushes them; the types leave it out.
};

/** Chunks → whole elements. */
function frames(framer: Framer) {
  return flushable(
    (chunk: Buffer) => framer.push(chunk),
    () => framer.end(),
  );
}

/** Whole elements → batches of texts. */
function batches(separator: Reading['separator'], texts: (frame: Frame) => Iterable<readonly ByteString[]>) {
  const batch = new BatchWriter(separator);
  return flushable(
    function* (frame: Frame): Generator<Batch> {
      for (const ofElement of texts(frame)) {
        batch.add(ofElement);
        if (batch.isFull) yield* batch.flush();
      }
    },
    () => batch.flush(),
  );
}

/** Whole elements → the texts that are wanted of each, one after the other. */
export function textsOf({ select, limits }: Reading, refuse: Refuse) {
  const parser = new ElementParser();
  const extract = extractOf(select);
  return function* (frame: Frame): Generator<readonly ByteString[], void, undefined> {
    const elements = parser.elements(frame);
    for (let i = 0; ; i++) {
      let texts: readonly ByteString[];
      try {
        const { done, value } = elements.next();
        if (done) return;
        texts = extract(value, limits);
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
        const byteOffset = frame.byteOffset + (frame.bounds[2 * i] ?? 0);
        throw refuse(error, byteOffset, frame.resultNumber + i);
      }
      yield texts;
    }
  };
}
