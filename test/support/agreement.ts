import { inspect } from 'node:util';
import { MapRunResultsError } from '../../src/errors.ts';
import type { OutputType, Reader, Reading, Select } from '../../src/results/reader.ts';
import { READERS } from '../../src/results/readers.ts';
import { HostileJson } from './hostile-json.ts';
import { LIMITS } from './limits.ts';
import { between, pick } from './random.ts';

/** A result file, right or wrong, and how to read it. */
export interface HostileFile {
  readonly bytes: Buffer;
  readonly reading: Reading & { readonly select: Select };
  /** Lengths of the chunks that each reader gets, over and over. */
  readonly chunks: readonly (readonly number[])[];
}

const LOCATION = { path: 'file' };
const SELECTS: readonly Select[] = ['output', 'output', 'output', 'record', 'bare', 'presumed'];
const OUTPUT_TYPES: readonly OutputType[] = ['JSON', 'JSONL'];
const WRONG_BYTES = [
  0x80, 0xbf, 0xc0, 0xc3, 0xed, 0xf4, 0xff, 0x00, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
  0x7f,
];

/** Makes a small file up. */
export function hostileFile(random: () => number): HostileFile {
  const outputType = pick(random, OUTPUT_TYPES);
  const select = pick(random, SELECTS);
  // A few files fill batches, and grow them. They must not end before they do.
  const isLarge = random() < 0.0005;
  const wrong = pick(random, isLarge ? [0, 0.0005] : [0, 0, 0.003, 0.03]);
  const spaces = outputType === 'JSON' ? [' ', '\n', '\r\n', '\t '] : [' ', '\t', '\r', '  '];
  const json = new HostileJson(random, wrong, spaces);

  const elements: string[] = [];
  for (let more = between(random, 0, 4); more > 0; more--) {
    const isRecord = random() < (select === 'output' || select === 'record' ? 0.99 : 0.1);
    const again = elements.length > 0 && random() < 0.3;
    elements.push(again ? pick(random, elements) : isRecord ? json.record() : json.value());
  }
  if (isLarge) elements.push(...Array.from({ length: 40 }, () => json.paddedRecord(padding(random))));
  const text = outputType === 'JSON' ? arrayOf(elements, json) : linesOf(elements, json, random);
  return {
    bytes: mutated(Buffer.from(text), random, wrong),
    reading: {
      outputType,
      select,
      separator: pick(random, [',', '\n'] as const),
      limits: isLarge ? LIMITS : limits(random),
    },
    chunks: [chunking(random), chunking(random)],
  };
}

/** What the readers make of a file differs where this is not undefined: both of it. */
export async function disagreement(file: HostileFile): Promise<string | undefined> {
  const [first, second] = await Promise.all([
    outcome(READERS['stream-json'], file, file.chunks[0] ?? []),
    outcome(READERS.scanner, file, file.chunks[1] ?? []),
  ]);
  if (first === second) return undefined;
  const { bytes, reading, chunks } = file;
  return inspect(
    {
      file: JSON.stringify(bytes.toString('latin1')),
      reading,
      chunks,
      'stream-json': first,
      scanner: second,
    },
    { depth: 3, maxStringLength: 20_000, breakLength: 110 },
  );
}

/** Whether readers take the file, and everything that can be seen of what they make of it, as text to compare. */
export async function outcome(reader: Reader, file: HostileFile, chunks: readonly number[]): Promise<string> {
  let seen = '';
  try {
    for await (const { bytes, count, elements } of reader(cut(file.bytes, chunks), LOCATION, file.reading))
      seen += `${count} of ${elements}: ${bytes.toString('latin1')}\n`;
    return seen;
  } catch (error) {
    if (!(error instanceof MapRunResultsError)) return seen + inspect(error); // It has no business to be.
    const { name, message, byteOffset, resultNumber } = error;
    return `${seen}${name}, result ${resultNumber}, byte ${byteOffset}: ${message}`;
  }
}

async function* cut(bytes: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? bytes.length;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function chunking(random: () => number): number[] {
  if (random() < 0.4) return [];
  const most = pick(random, [1, 3, 20, 20, 200, 200]);
  return [between(random, 1, most), ...Array.from({ length: 4 }, () => between(random, 0, most))];
}

function limits(random: () => number): Reading['limits'] {
  if (random() < 0.7) return LIMITS;
  return { maxResultBytes: between(random, 1, 300), maxDepth: between(random, 1, 8) };
}

function arrayOf(elements: readonly string[], json: HostileJson): string {
  const spaced = elements.map((element) => json.space() + element + json.space());
  return `${json.space()}[${spaced.join(',') || json.space()}]${json.space()}`;
}

function linesOf(elements: readonly string[], json: HostileJson, random: () => number): string {
  const ends = ['\n', '\n', '\n', '\r\n', '\n\n'];
  const lines = elements.map((element) => json.space() + element + json.space() + pick(random, ends));
  return random() < 0.2 ? lines.join('').trimEnd() : lines.join('');
}

function padding(random: () => number): string {
  return JSON.stringify('padding '.repeat(between(random, 1, random() < 0.1 ? 20_000 : 900)));
}

/** Bytes flipped, left out and put in, and the end cut off. */
function mutated(bytes: Buffer, random: () => number, wrong: number): Buffer {
  if (wrong === 0 || bytes.length === 0 || random() < 0.6) return bytes;
  let mutated = Buffer.from(bytes);
  for (let more = between(random, 1, 2); more > 0; more--) {
    const at = between(random, 0, mutated.length);
    const [before, behind] = [mutated.subarray(0, at), mutated.subarray(at)];
    const byte = Buffer.from([random() < 0.2 ? between(random, 0, 255) : pick(random, WRONG_BYTES)]);
    switch (between(random, 0, 3)) {
      case 0:
        mutated = Buffer.concat([before, byte, behind]);
        break;
      case 1:
        mutated = Buffer.concat([before, byte, behind.subarray(1)]);
        break;
      case 2:
        mutated = Buffer.concat([before, behind.subarray(1)]);
        break;
      default:
        mutated = random() < 0.3 ? Buffer.from(before) : mutated;
    }
  }
  return mutated;
}
