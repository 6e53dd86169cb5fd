import { MapRunResultsError } from './errors.ts';
import { MAX_PART_SIZE, MIN_PART_SIZE } from './map-run/plan.ts';
import type { AggregateOptions } from './options.ts';

/** An option that can be said in words: on a command line, in an environment, in an event. */
export interface WordOption {
  readonly kind: 'integer' | 'bytes' | 'choice' | 'text' | 'object' | 'strings' | 'boolean';
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** What a text must match, and how messages say so. */
  readonly pattern?: RegExp;
  readonly form?: string;
  readonly default?: number | string | boolean;
  /** Of a boolean, what it does where it is true, as in "do this": what is true by default is shown as "do not do this". */
  readonly help: string;
}

/** In milliseconds: what Node.js's timers can wait. */
export const MAX_DELAY = 2 ** 31 - 1;

/** Types, bounds and defaults of these options, once for the library, the command line and the Lambda function. */
export const WORD_OPTIONS = {
  transformation: {
    kind: 'choice',
    choices: ['auto', 'NONE', 'COMPACT', 'FLATTEN'],
    default: 'auto',
    help: "the Map state's WriterConfig.Transformation",
  },
  outputType: {
    kind: 'choice',
    choices: ['auto', 'JSON', 'JSONL'],
    default: 'auto',
    help: "the Map state's WriterConfig.OutputType",
  },
  failures: {
    kind: 'choice',
    choices: ['error', 'omit', 'append'],
    default: 'error',
    help: 'what to do about items that did not succeed: refuse the run, leave them out, or append their records as "failures"',
  },
  rerun: { kind: 'text', help: 's3://bucket/key or a path for the Inputs of the items that did not succeed' },
  rerunItems: { kind: 'boolean', default: false, help: "in it, take a batch's items apart" },
  verifyCounts: { kind: 'boolean', default: false, help: 'compare the counts with what DescribeMapRun says' },
  maxResultBytes: {
    kind: 'bytes',
    min: 1024,
    // A V8 string holds 512 MiB but 24 bytes, and `ascii` makes text up to three times as long.
    max: 128 * 1024 ** 2,
    default: 64 * 1024 ** 2,
    help: 'the largest result, or execution record, that is taken',
  },
  maxDepth: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 1000,
    help: 'the deepest that arrays and objects may be nested in one',
  },
  preset: { kind: 'choice', choices: ['tdr'], help: 'the options that a known consumer needs' },
  format: {
    kind: 'choice',
    choices: ['json', 'jsonl'],
    default: 'json',
    help: 'one JSON document, or JSON Lines without an envelope',
  },
  emit: {
    kind: 'choice',
    choices: ['output', 'record'],
    default: 'output',
    help: "each item's output, or its whole execution record",
  },
  resultsKey: { kind: 'text', default: 'results', help: 'the member that holds the results' },
  envelopeBefore: { kind: 'object', help: 'members of the document before the results' },
  envelope: { kind: 'object', help: 'members of the document after the results' },
  ascii: { kind: 'boolean', default: false, help: 'write every character above U+007F as \\uXXXX' },
  compress: {
    kind: 'choice',
    choices: ['none', 'gzip'],
    help: 'default: gzip where the output ends in .gz, else none',
  },
  reader: {
    kind: 'choice',
    choices: ['stream-json', 'scanner'],
    default: 'stream-json',
    help: 'what takes results out of the result files: the scanner is faster, and gives the same',
  },
  concurrency: { kind: 'integer', min: 1, max: 1000, default: 8, help: 'result files open at once' },
  threads: {
    kind: 'integer',
    choices: ['auto'],
    min: 0,
    max: 64,
    default: 'auto',
    help: 'threads to read result files on, beside the one that receives and sends',
  },
  partSize: {
    kind: 'bytes',
    min: MIN_PART_SIZE,
    max: MAX_PART_SIZE,
    default: MIN_PART_SIZE,
    help: 'size of an upload part; grows where 10,000 parts would not do',
  },
  queueSize: { kind: 'integer', min: 1, max: 64, default: 4, help: 'parts uploaded at once' },
  readAttempts: {
    kind: 'integer',
    min: 1,
    max: 100,
    default: 5,
    help: 'requests for an object in a row that may fail without a byte',
  },
  stallTimeout: {
    kind: 'integer',
    min: 1,
    max: MAX_DELAY,
    default: 30_000,
    help: 'milliseconds to wait for bytes of an object before it is asked for again',
  },
  timeLimit: {
    kind: 'integer',
    min: 1,
    max: MAX_DELAY,
    help: 'milliseconds after which the work is given up',
  },
  expectedRate: {
    kind: 'bytes',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    help: 'of result files, a second: with a time limit, refuse at once what would not fit',
  },
  overwrite: { kind: 'boolean', default: true, help: 'write over what is at the output' },
  outputKey: {
    kind: 'text',
    default: '{0}/{uuid}/results.json',
    help: "template of the default output's key: {0}, {1} … the manifest key's segments, {mapRunId}, {redrive}, {uuid}",
  },
  followDestinationBucket: {
    kind: 'boolean',
    default: false,
    help: "read from the manifest's DestinationBucket where that is another bucket than the manifest's",
  },
  sseKmsKeyId: { kind: 'text', help: 'KMS key to encrypt what is written with (SSE-KMS)' },
  storageClass: { kind: 'text', help: 'storage class of what is written' },
  tags: { kind: 'strings', help: 'tags of what is written' },
  metadata: { kind: 'strings', help: 'user-defined metadata of what is written' },
  expectedBucketOwner: {
    kind: 'text',
    pattern: /^\d{12}$/,
    form: 'an account id of 12 digits',
    help: 'account that must own the buckets',
  },
  requestPayer: { kind: 'boolean', default: false, help: 'agree to pay for the requests, as the requester' },
} as const satisfies Record<string, WordOption>;

export type WordOptionName = keyof typeof WORD_OPTIONS;
export type WordOptions = Pick<AggregateOptions, WordOptionName>;
export const WORD_OPTION_NAMES = Object.keys(WORD_OPTIONS) as WordOptionName[];

/**
 * Checks one option. Absent ones pass.
 * @param label The option's name where the value was given, for the message.
 * @throws MapRunResultsError `InvalidOption`
 */
export function checkOption(spec: WordOption, label: string, value: unknown): void {
  if (value === undefined || isOfKind(spec, value)) return;
  throw new MapRunResultsError('InvalidOption', `${label} must be ${kindOf(spec)}, got ${show(value)}`);
}

/**
 * Reads an option from words: numbers, sizes like `16MiB`, `true` and `false`, JSON, anything.
 * @throws MapRunResultsError `InvalidOption`
 */
export function parseOption(spec: WordOption, label: string, words: string): unknown {
  const value = READERS[spec.kind](words);
  checkOption(spec, label, value ?? words);
  return value;
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

const READERS: Readonly<Record<WordOption['kind'], (words: string) => unknown>> = {
  integer: (words) => (/^\d+$/.test(words) ? Number(words) : words),
  bytes: (words) => {
    const [, digits, unit] = /^(\d+)\s*(|B|KiB|MiB|GiB)$/i.exec(words) ?? [];
    if (digits === undefined || unit === undefined) return undefined;
    return Number(digits) * 1024 ** Math.max(0, 'BKMG'.indexOf(unit.charAt(0).toUpperCase()));
  },
  boolean: (words) => (words === 'true' ? true : words === 'false' ? false : undefined),
  choice: (words) => words,
  text: (words) => words,
  object: readJson,
  strings: readJson,
};

function readJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

function isOfKind(spec: WordOption, value: unknown): boolean {
  const { kind, min = 0, max = Number.POSITIVE_INFINITY, choices = [], pattern = /./s } = spec;
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return choices.some((choice) => choice === value);
    case 'text':
      return typeof value === 'string' && pattern.test(value);
    case 'object':
      return isObject(value);
    case 'strings':
      return isObject(value) && Object.values(value).every((member) => typeof member === 'string');
    default:
      if (typeof value !== 'number') return choices.some((choice) => choice === value);
      return Number.isInteger(value) && value >= min && value <= max;
  }
}

function kindOf({ kind, min, max, choices = [], form = 'a text that is not empty' }: WordOption): string {
  switch (kind) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return choices.length === 1 ? String(choices[0]) : `one of ${choices.join(', ')}`;
    case 'text':
      return form;
    case 'object':
      return 'a JSON object';
    case 'strings':
      return 'a JSON object of strings';
    case 'bytes':
      return `a whole number of bytes from ${min} to ${max}`;
    default:
      return [...choices, `a whole number from ${min} to ${max}`].join(' or ');
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
