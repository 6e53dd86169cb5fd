import { flushable, gen, none } from 'stream-chain/core';
import type { ByteString } from './byte-string.ts';
import { ElementParser } from './elements.ts';
import { type Frame, Framer } from './framer.ts';
import { BATCH_SIZE, type Batch, Flaw, type Reader, type Reading, type Refuse, refusal } from './reader.ts';
import { extractOf } from './record.ts';

/** The default reader, on stream-json. */
export const streamJsonReader: Reader = async function* (source, location, reading) {
  const refuse = refusal(location);
  const stages = gen(
    frames(new Framer(reading.outputType, reading.limits, refuse)),
    texts(reading, refuse),
    batches(reading.separator),
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

/** Whole elements → the texts that are wanted of each. */
function texts({ select, limits }: Reading, refuse: Refuse) {
  const parser = new ElementParser();
  const extract = extractOf(select);
  return (frame: Frame): Texts[] => {
    const texts: Texts[] = [];
    const elements = parser.elements(frame);
    for (let i = 0; ; i++) {
      try {
        const { done, value } = elements.next();
        if (done) return texts;
        texts.push(extract(value, limits));
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
        const byteOffset = frame.byteOffset + (frame.bounds[2 * i] ?? 0);
        throw refuse(error, byteOffset, frame.resultNumber + i);
      }
    }
  };
}

/** The texts of one element. */
type Texts = readonly ByteString[];

/** Texts → batches of them. */
function batches(separator: string) {
  let texts: ByteString[] = [];
  let [length, elements] = [0, 0];
  const flush = (): Batch => {
    const batch = { bytes: Buffer.from(texts.join(separator), 'latin1'), count: texts.length, elements };
    texts = [];
    [length, elements] = [0, 0];
    return batch;
  };
  return flushable(
    function* (more: Texts[]): Generator<Batch> {
      for (const ofElement of more) {
        elements++;
        for (const text of ofElement) {
          texts.push(separator === '\n' ? onOneLine(text) : text);
          length += text.length + 1;
        }
        if (length >= BATCH_SIZE) yield flush();
      }
    },
    function* (): Generator<Batch> {
      if (elements > 0) yield flush();
    },
  );
}

/** Newlines of JSON stand between its tokens, never in its strings. */
function onOneLine(json: ByteString): ByteString {
  return json.replace(/[\r\n]/g, ' ');
}
