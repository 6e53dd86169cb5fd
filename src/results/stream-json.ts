import { isAscii, isUtf8 } from 'node:buffer';
import { flushable, gen, getManyValues, isMany, none } from 'stream-chain/core';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { ArrayFramer, type Frame } from './array-framer.ts';
import { BATCH_SIZE, type Batch, type Reader, type Refuse, refusal } from './reader.ts';
import { Flaw, outputsOf } from './record.ts';

/** Flushes stages; stream-chain's types leave it out of what they take. */
const END = none as never;

/** The default reader, on stream-json. */
export const streamJsonReader: Reader = async function* (source, location) {
  const refuse = refusal(location);
  const stages = gen(frames(refuse), (frame: Frame) => outputs(frame, refuse), batches());
  for await (const chunk of source) yield* stages(chunk);
  yield* stages(END);
};

/** Chunks → whole records. */
function frames(refuse: Refuse) {
  const framer = new ArrayFramer(refuse);
  return flushable<Uint8Array, Generator<Frame> | typeof none>(
    (chunk) => framer.push(chunk),
    () => {
      framer.end();
      return none;
    },
  );
}

/** Whole records → the texts of their outputs. */
function outputs({ bytes, bounds, byteOffset, resultNumber }: Frame, refuse: Refuse): string[] {
  try {
    return outputsOf(tokenize(bytes));
  } catch (flaw) {
    // One by one, they tell which of them it is.
    for (let i = 0; i < bounds.length; i += 2) {
      try {
        outputsOf(tokenize(bytes.subarray(bounds[i], bounds[i + 1])));
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
        throw refuse(error.message, byteOffset + (bounds[i] ?? 0), resultNumber + i / 2, error.cause);
      }
    }
    throw flaw;
  }
}

/** Texts → batches of them. */
function batches() {
  let texts: string[] = [];
  let length = 0;
  const flush = (): Batch => {
    const batch = { bytes: Buffer.from(texts.join(',')), count: texts.length };
    texts = [];
    length = 0;
    return batch;
  };
  return flushable(
    function* (more: string[]): Generator<Batch> {
      for (const text of more) {
        texts.push(text);
        length += text.length + 1;
        if (length >= BATCH_SIZE) yield flush();
      }
    },
    function* (): Generator<Batch> {
      if (texts.length > 0) yield flush();
    },
  );
}

/**
 * @param bytes One or more JSON texts with commas between them.
 * @throws Flaw where they are not.
 */
function tokenize(bytes: Buffer): Token[] {
  const parse = jsonParser({ packValues: true, streamValues: false });
  const text = decode(bytes);
  try {
    const tokens = parse(`[${text}]`);
    parse(END); // Throws unless the array has ended.
    return isMany(tokens) ? getManyValues(tokens) : [];
  } catch (cause) {
    throw new Flaw(`is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Node decodes ASCII, which most results are, fastest as Latin-1. */
function decode(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString();
  throw new Flaw('is not UTF-8');
}
