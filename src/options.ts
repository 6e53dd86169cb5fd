import type { Writable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { MapRunResultsError } from './errors.ts';
import { defaultOutput, MAX_PART_SIZE, MIN_PART_SIZE } from './map-run/plan.ts';
import { isS3, type Location, parseLocation, type S3Location } from './storage/location.ts';

/** What `aggregate` takes. README has what the options cost in memory together. */
export interface AggregateOptions {
  /** The Map Run's manifest: `s3://bucket/key`, `{ bucket, key }`, or the path of a local copy. */
  readonly manifest: string | S3Location;
  /**
   * Where the document goes: `s3://bucket/key`, `{ bucket, key }`, a local path, or a stream, which is ended.
   * Default, for a manifest on S3: `<first segment of its key>/<uuid derived from its address>/results.json` in
   * its bucket, so that a retry writes the same object again. A local manifest has no default.
   */
  readonly output?: string | S3Location | Writable;
  /** For reading. Default: a new one, with the region, credentials and endpoint of the environment. */
  readonly client?: S3Client;
  /**
   * For uploading. Default: one like `client`, with connections of its own, as open result files may hold all of
   * `client`'s. Give one as well when `client` has an agent of its own kind, such as a proxy's.
   */
  readonly uploadClient?: S3Client;
  /**
   * Result files open at once. Default 8, from 1 to 1,000. Each costs its run-ahead: 8 batches of 64 KiB, or of one
   * result where that is larger, a chunk of at most 64 KiB and the result being read.
   */
  readonly concurrency?: number;
  /**
   * The size of the upload's parts in bytes. Default 5 MiB, from 5 MiB to 5 GiB (S3's limits); whatever it is, it
   * grows where 10,000 parts (S3's limit) would not hold the document. `queueSize` + 2 of them are in memory.
   */
  readonly partSize?: number;
  /** Parts uploaded at once. Default 4, from 1 to 64. */
  readonly queueSize?: number;
  /** Members of the document beside `results`, written after it. Default: none. Costs twice its size. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  /**
   * Read result files from the manifest's `DestinationBucket` where that is not the bucket the manifest was read
   * from. Default false: a manifest cannot send its reader to another bucket; one that tries is a warning.
   */
  readonly followDestinationBucket?: boolean;
  /** Gives the work up: nothing stays behind, and `aggregate` throws an `AbortError` whose cause is the reason. */
  readonly signal?: AbortSignal;
  /** Called whenever a batch of results has gone into the document, and at the end. What it throws fails the job. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far the work is. */
export interface Progress {
  /** Bytes of result files read, and what they add up to as the manifest has it: a hint. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
  /** Result files read to their end, and how many there are. */
  readonly filesRead: number;
  readonly files: number;
  /** Results in the document so far, and its length in bytes. */
  readonly results: number;
  readonly bytesWritten: number;
}

/** An option that can be said in words, on a command line or in an environment. */
export interface WordOption {
  readonly kind: 'integer' | 'bytes' | 'object' | 'boolean';
  readonly min?: number;
  readonly max?: number;
  readonly default?: number | boolean;
  readonly help: string;
}

/** Types, bounds and defaults of these options, once for the library, the command line and the Lambda function. */
export const WORD_OPTIONS = {
  concurrency: { kind: 'integer', min: 1, max: 1000, default: 8, help: 'result files open at once' },
  partSize: {
    kind: 'bytes',
    min: MIN_PART_SIZE,
    max: MAX_PART_SIZE,
    default: MIN_PART_SIZE,
    help: 'size of an upload part; grows where 10,000 parts would not do',
  },
  queueSize: { kind: 'integer', min: 1, max: 64, default: 4, help: 'parts uploaded at once' },
  envelope: { kind: 'object', help: 'members of the document beside "results"' },
  followDestinationBucket: {
    kind: 'boolean',
    default: false,
    help: "read from the manifest's DestinationBucket where that is another bucket than the manifest's",
  },
} as const satisfies Record<string, WordOption>;

export type WordOptionName = keyof typeof WORD_OPTIONS;
export type WordOptions = Pick<AggregateOptions, WordOptionName>;
export const WORD_OPTION_NAMES = Object.keys(WORD_OPTIONS) as WordOptionName[];

/** Options as the work takes them: checked, and with defaults. */
export interface Settings extends Required<Pick<WordOptions, 'concurrency' | 'partSize' | 'queueSize'>> {
  readonly manifest: Location;
  readonly output: Location | Writable;
  readonly followDestinationBucket: boolean;
  readonly envelope: Readonly<Record<string, unknown>>;
}

/**
 * @throws MapRunResultsError `InvalidOption`, which names the option, what it may be, and what it is.
 */
export function resolveOptions(options: AggregateOptions): Settings {
  for (const name of WORD_OPTION_NAMES) checkOption(name, name, options[name]);
  const manifest = location('manifest', options.manifest);
  return {
    manifest,
    output: destination(options.output, manifest),
    concurrency: options.concurrency ?? WORD_OPTIONS.concurrency.default,
    partSize: options.partSize ?? WORD_OPTIONS.partSize.default,
    queueSize: options.queueSize ?? WORD_OPTIONS.queueSize.default,
    followDestinationBucket: options.followDestinationBucket ?? false,
    envelope: options.envelope ?? {},
  };
}

function destination(output: AggregateOptions['output'], manifest: Location): Location | Writable {
  if (output === undefined) {
    if (isS3(manifest)) return defaultOutput(manifest);
    throw new MapRunResultsError('InvalidOption', 'output must be given for a local manifest');
  }
  if (typeof output === 'object' && 'write' in output) return output;
  return location('output', output);
}

function location(option: string, value: string | S3Location): Location {
  if (typeof value === 'string') return parseLocation(option, value);
  const { bucket, key } = value ?? {};
  if (typeof bucket === 'string' && bucket !== '' && typeof key === 'string' && key !== '')
    return { bucket, key };
  throw new MapRunResultsError('InvalidOption', `${option} must have a bucket and a key, got ${show(value)}`);
}

/**
 * Checks one option. Absent ones pass.
 * @param label The option's name where the value was given, for the message.
 * @throws MapRunResultsError `InvalidOption`
 */
export function checkOption(name: WordOptionName, label: string, value: unknown): void {
  const spec: WordOption = WORD_OPTIONS[name];
  if (value === undefined) return;
  if (!isOfKind(spec, value)) {
    throw new MapRunResultsError('InvalidOption', `${label} must be ${kindOf(spec)}, got ${show(value)}`);
  }
  if (name === 'envelope' && 'results' in (value as object)) {
    throw new MapRunResultsError('InvalidOption', `${label} must not have a member named results`);
  }
}

/**
 * Reads an option from words: numbers, sizes like `16MiB`, `true` and `false`, JSON.
 * @throws MapRunResultsError `InvalidOption`
 */
export function parseOption(name: WordOptionName, label: string, words: string): WordOptions[WordOptionName] {
  const value = READERS[WORD_OPTIONS[name].kind](words);
  checkOption(name, label, value ?? words);
  return value as WordOptions[WordOptionName];
}

const READERS: Readonly<Record<WordOption['kind'], (words: string) => unknown>> = {
  integer: (words) => (/^\d+$/.test(words) ? Number(words) : undefined),
  bytes: (words) => {
    const [, digits, unit] = /^(\d+)\s*(|B|KiB|MiB|GiB)$/i.exec(words) ?? [];
    if (digits === undefined || unit === undefined) return undefined;
    return Number(digits) * 1024 ** Math.max(0, 'BKMG'.indexOf(unit.charAt(0).toUpperCase()));
  },
  boolean: (words) => (words === 'true' ? true : words === 'false' ? false : undefined),
  object: (words) => {
    try {
      return JSON.parse(words);
    } catch {
      return undefined;
    }
  },
};

function isOfKind({ kind, min = 0, max = Number.POSITIVE_INFINITY }: WordOption, value: unknown): boolean {
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  }
}

function kindOf({ kind, min, max }: WordOption): string {
  switch (kind) {
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'a JSON object';
    case 'bytes':
      return `a whole number of bytes from ${min} to ${max}`;
    default:
      return `a whole number from ${min} to ${max}`;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
