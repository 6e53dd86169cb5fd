import { isAscii, isUtf8 } from 'node:buffer';
import { flushable, gen, getManyValues, isMany, none } from 'stream-chain/core';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { ArrayFramer, type Frame } from './array-framer.ts';
import { BATCH_SIZE, type Batch, type Reader, type Refuse, refusal } from './reader.ts';
import { outputsOf } from './record.ts';

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
function outputs(frame: Frame, refuse: Refuse): string[] {
  const refuseRecord = (index: number, why: string, cause?: unknown) =>
    refuse(why, frame.byteOffset + (frame.bounds[2 * index] ?? 0), frame.resultNumber + index, cause);

  const text = decode(frame.bytes);
  if (text === undefined) {
    const index = firstElement(frame, (element) => !isUtf8(element));
    throw refuseRecord(index, 'is not UTF-8');
  }
  let tokens: Token[];
  try {
    tokens = tokenize(text);
  } catch (cause) {
    const index = firstElement(frame, (element) => !isJson(element));
    throw refuseRecord(index, `is not JSON: ${(cause as Error).message}`, cause);
  }
  return outputsOf(tokens, refuseRecord);
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

function decode(bytes: Buffer): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

/**
 * @param elements One or more JSON texts with commas between them.
 * @throws Error of stream-json's where they are not JSON.
 */
function tokenize(elements: string): Token[] {
  const parse = jsonParser({ packValues: true, streamValues: false });
  const tokens = parse(`[${elements}]`);
  parse(END); // Throws unless the array has ended.
  return isMany(tokens) ? getManyValues(tokens) : [];
}

function isJson(element: Buffer): boolean {
  try {
    tokenize(element.toString());
    return true;
  } catch {
    return false;
  }
}

/** The index of the first element of which it is true; 0 when it is of none, as when the fault is all of theirs. */
function firstElement({ bytes, bounds }: Frame, is: (element: Buffer) => boolean): number {
  for (let i = 0; i < bounds.length; i += 2) {
    if (is(bytes.subarray(bounds[i], bounds[i + 1]))) return i / 2;
  }
  return 0;
}
