import { type Kind, PLAIN } from './fixtures/elements.ts';

const [MIB, GIB] = [1024 ** 2, 1024 ** 3];

/** What is compared, on what. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Why one looks at it, in a sentence. */
  readonly about: string;
  /** Over HTTP, from result files to the document; or readers alone, on one result file. */
  readonly of: 'pipelines' | 'readers';
  readonly contenders: readonly string[];
  /** Bytes of all result files together, about; each size is compared with itself. */
  readonly sizes: readonly number[];
  readonly files: number;
  /** Result files open at once. */
  readonly concurrency: number;
  /** Milliseconds that the server waits before each answer. */
  readonly latency: number;
  /** Each runs every contender once, at every size. */
  readonly rounds: number;
  readonly kind: Kind;
}

const OURS = ['aggregate', 'aggregate-threads', 'aggregate-scanner', 'aggregate-scanner-threads', 'transfer'];
const LASTING = ['aggregate-threads', 'aggregate-scanner-threads', 'transfer'];
const ALL = [...OURS, 'plain-stream-json', 'whole-document', 'whole-document-python'];

const BASE = {
  of: 'pipelines',
  contenders: OURS,
  sizes: [128 * MIB],
  files: 4,
  concurrency: 4,
  latency: 0,
  rounds: 5,
  kind: PLAIN,
} as const;

export const DEFAULT_SCENARIO: Scenario = {
  ...BASE,
  name: 'map-run',
  title: 'A Map Run',
  about: 'Some result files; what `npm run bench` compares when it is told nothing else.',
  contenders: ['aggregate-threads', 'aggregate-scanner-threads', 'transfer', 'whole-document'],
  sizes: [256 * MIB],
  rounds: 3,
};

/** Those that RESULTS.md is made of, in its order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    ...BASE,
    name: 'one-file',
    title: 'One large result file',
    about: 'All of a Map Run in one file, as ResultWriter leaves it up to 5 GB.',
    contenders: ALL,
    sizes: [256 * MIB],
    files: 1,
  },
  {
    ...BASE,
    name: 'eight-files',
    title: 'Eight result files',
    about: 'The same bytes in eight files, read at the same time.',
    contenders: ALL,
    sizes: [256 * MIB],
    files: 8,
    concurrency: 8,
  },
  {
    ...BASE,
    name: 'one-file-4gib',
    title: 'One result file of 4 GiB',
    about: 'The same for longer, so that it counts for little how long V8 takes to warm up.',
    contenders: LASTING,
    sizes: [4 * GIB],
    files: 1,
    rounds: 3,
  },
  {
    ...BASE,
    name: 'eight-files-4gib',
    title: 'Eight result files of 4 GiB',
    about: 'And in eight files, together as large.',
    contenders: LASTING,
    sizes: [4 * GIB],
    files: 8,
    concurrency: 8,
    rounds: 3,
  },
  {
    ...BASE,
    name: 'readers',
    title: 'Readers alone',
    about:
      'From the bytes of one result file to the texts of its Outputs, known to be JSON, without storage or document.',
    of: 'readers',
    contenders: [
      'read-scanner',
      'read-stream-json',
      'read-plain-stream-json',
      'read-streamparser',
      'read-duckdb',
      'read-duckdb-count',
      'read-jq',
      'read-whole-document',
      'read-whole-document-python',
    ],
    sizes: [200_000_000],
    files: 1,
    concurrency: 1,
  },
  {
    ...BASE,
    name: 'small-files',
    title: 'Many small result files',
    about:
      '2,000 files of 50 KB, from a server that takes 20 ms for every answer: what counts is how many are under way.',
    contenders: ['aggregate', 'aggregate-scanner', 'aggregate-scanner-threads', 'transfer'],
    sizes: [2000 * 50_000],
    files: 2000,
    concurrency: 8,
    latency: 20,
    rounds: 3,
  },
  {
    ...BASE,
    name: 'compact',
    title: 'COMPACT, JSON',
    about: 'Elements that are the results themselves: nothing to skip, nothing to decode.',
    kind: { ...PLAIN, transformation: 'COMPACT' },
  },
  {
    ...BASE,
    name: 'jsonl',
    title: 'NONE, JSON Lines',
    about: 'Execution records, one on each line.',
    kind: { ...PLAIN, outputType: 'JSONL' },
  },
  {
    ...BASE,
    name: 'non-ascii',
    title: 'Text beyond ASCII',
    about: 'Half of the bytes of each result are of characters above U+007F, in eight scripts.',
    kind: { ...PLAIN, text: 'non-ascii' },
  },
  {
    ...BASE,
    name: 'ascii',
    title: 'An ASCII document',
    about: 'The option `ascii`: every character above U+007F is written as `\\uXXXX`.',
    kind: { ...PLAIN, ascii: true },
  },
  {
    ...BASE,
    name: 'growth',
    title: 'Growth',
    about: 'The same work at growing sizes: time must grow with them, and memory must not.',
    contenders: ['aggregate', 'aggregate-scanner-threads', 'whole-document', 'whole-document-python'],
    sizes: [64 * MIB, 512 * MIB, GIB, 8 * GIB],
    rounds: 2,
  },
];
