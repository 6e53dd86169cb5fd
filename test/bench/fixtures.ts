import { fileCheckRecord } from '../support/consignment.ts';
import { between, seeded } from '../support/random.ts';
import type { Settings } from './settings.ts';

export const BUCKET = 'bench';
const MAP_RUN = 'arn:aws:states:eu-west-2:000000000000:mapRun:TDRBackendChecks/MapState:bench';
const FOLDER = 'consignment/results.json/bench';
export const MANIFEST_KEY = `${FOLDER}/manifest.json`;

/** Big enough that a stream of blocks costs little, and enough of them that files do not look alike. */
const [RECORDS_OF_BLOCK, BLOCKS] = [64, 16];

/** A result file that exists only as the way to make it up. */
export interface FixtureFile {
  readonly key: string;
  readonly bytes: number;
  readonly results: number;
  /** The file's bytes. */
  readonly content: () => Generator<Buffer, void, undefined>;
  /** The texts of its results, joined by commas. */
  readonly outputs: () => Generator<Buffer, void, undefined>;
}

/** A Map Run's result files, and the document that must come of them. */
export interface Fixtures {
  readonly manifest: Buffer;
  readonly files: readonly FixtureFile[];
  readonly bytes: number;
  readonly results: number;
  readonly documentBytes: number;
  readonly document: () => Generator<Buffer, void, undefined>;
}

/** Some execution records and, apart from them, their results. A comma stands before each. */
interface Block {
  readonly records: Buffer;
  readonly outputs: Buffer;
}

/**
 * Makes a Map Run up. The same settings give the same bytes in every process, so that whoever checks the document
 * need not be told what was served. Memory is that of one pool of blocks, whatever the size: a file is a seeded
 * order of them, over and over.
 */
export function makeFixtures({
  size,
  files: count,
  seed,
}: Pick<Settings, 'size' | 'files' | 'seed'>): Fixtures {
  const random = seeded(seed);
  const pool = Array.from({ length: BLOCKS }, (_, index) => makeBlock(random, index));
  const length = sum(pool.map((block) => block.records.length)) / BLOCKS;
  const blocks = Math.max(count, Math.round(size / length));

  const files = Array.from({ length: count }, (_, index) => {
    const share = Math.floor(((index + 1) * blocks) / count) - Math.floor((index * blocks) / count);
    return makeFile(`${FOLDER}/SUCCEEDED_${index}.json`, shuffled(random, pool), share);
  });
  const resultFiles = files.map((file) => ({ Key: file.key, Size: file.bytes }));
  const manifest = {
    DestinationBucket: BUCKET,
    MapRunArn: MAP_RUN,
    ResultFiles: { FAILED: [], PENDING: [], SUCCEEDED: resultFiles },
  };
  return {
    manifest: Buffer.from(JSON.stringify(manifest)),
    files,
    bytes: sum(files.map((file) => file.bytes)),
    results: sum(files.map((file) => file.results)),
    documentBytes: lengthOf(document(files)),
    document: () => document(files),
  };
}

function makeBlock(random: () => number, block: number): Block {
  const made = Array.from({ length: RECORDS_OF_BLOCK }, (_, index) =>
    fileCheckRecord(random, block * RECORDS_OF_BLOCK + index),
  );
  return {
    records: Buffer.from(made.map(({ record }) => `,${record}`).join('')),
    outputs: Buffer.from(made.map(({ output }) => `,${output}`).join('')),
  };
}

function makeFile(key: string, order: readonly Block[], blocks: number): FixtureFile {
  function* cycle(part: keyof Block) {
    for (let i = 0; i < blocks; i++) {
      const bytes = (order[i % order.length] as Block)[part];
      yield i === 0 ? bytes.subarray(1) : bytes;
    }
  }
  function* content() {
    yield Buffer.from('[');
    yield* cycle('records');
    yield Buffer.from(']');
  }
  const results = blocks * RECORDS_OF_BLOCK;
  return { key, bytes: lengthOf(content()), results, content, outputs: () => cycle('outputs') };
}

function* document(files: readonly FixtureFile[]) {
  yield Buffer.from('{"results":[');
  for (const [index, file] of files.entries()) {
    if (index > 0) yield Buffer.from(',');
    yield* file.outputs();
  }
  yield Buffer.from(']}');
}

function shuffled<T>(random: () => number, from: readonly T[]): T[] {
  const order = [...from];
  for (let i = order.length - 1; i > 0; i--) {
    const j = between(random, 0, i);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

function lengthOf(chunks: Iterable<Buffer>): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
