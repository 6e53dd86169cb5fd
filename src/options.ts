import type { Writable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { MapRunResultsError } from './errors.ts';
import { defaultOutput } from './map-run/output-key.ts';
import type { Transformation } from './results/form.ts';
import type { Limits } from './results/limits.ts';
import type { MapResult } from './results/map.ts';
import type { OutputType } from './results/reader.ts';
import type { ReaderName } from './results/readers.ts';
import { formatLocation, isS3, type Location, parseLocation, type S3Location } from './storage/location.ts';
import { checkOption, show, WORD_OPTION_NAMES, WORD_OPTIONS, type WordOptions } from './word-options.ts';

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
   * Result files open at once. Default 8, from 1 to 1,000. Each costs its run-ahead: 8 batches of 80 KiB, or of one
   * result where that is larger, a chunk of at most 64 KiB and the result being read.
   */
  readonly concurrency?: number;
  /**
   * Threads to read result files on, beside the one that receives and sends: 0 to 64, but no more than there are files.
   * Default `auto`: one where there is another core, as files go into the document one after the other; none where there
   * is less to read than 32 MiB, before a thread has made up for its start. Each costs its own V8, some 30 MB, and for
   * each open file some blocks of 256 KiB, up to 16 for the one whose turn it is. None is used with `map`, nor where a
   * bundler has left out the file that a thread runs.
   */
  readonly threads?: number | 'auto';
  /**
   * The size of the upload's parts in bytes. Default 5 MiB, from 5 MiB to 5 GiB (S3's limits); whatever it is, it
   * grows where 10,000 parts (S3's limit) would not hold the document. `queueSize` + 2 of them are in memory.
   */
  readonly partSize?: number;
  /**
   * What takes results out of the result files: `stream-json`, the default, or `scanner`, which gives the same bytes
   * and the same errors in less than half the time.
   */
  readonly reader?: ReaderName;
  /** Parts uploaded at once. Default 4, from 1 to 64. */
  readonly queueSize?: number;
  /**
   * Requests for an object in a row that may fail without bringing a byte before the work fails. Default 5, from 1 to
   * 100. An object whose body dies is asked for again from the next byte on; the AWS SDK's own attempts come on top.
   */
  readonly readAttempts?: number;
  /**
   * In milliseconds: how long to wait for bytes of an object before it is asked for again. Default 30,000. Time in
   * which nothing is wanted, as the upload is slower, does not count.
   */
  readonly stallTimeout?: number;
  /** In milliseconds: when to give the work up, with `DeadlineExceeded`; cleaning up may take 9 s more. Default: never. */
  readonly timeLimit?: number;
  /**
   * Bytes of result files a second, as measured where this runs. Where they would take longer than `timeLimit` at
   * that rate, the work is refused at once, with `DeadlineExceeded`. Default: none, and nothing is refused.
   */
  readonly expectedRate?: number;
  /**
   * Whether to write over what is at `output` (and `rerun`), as a retry does. Default true; where false, S3 and the
   * file system see to it that nothing is written over, whoever else writes there, with `DestinationExists`.
   */
  readonly overwrite?: boolean;
  /**
   * The Map state's `WriterConfig.Transformation`: NONE writes execution records, COMPACT and FLATTEN bare outputs.
   * Default `auto`: by the first element of the first result file that has one; what contradicts it is an error.
   */
  readonly transformation?: Transformation | 'auto';
  /**
   * The Map state's `WriterConfig.OutputType`. Default `auto`: by the first such file's extension or first byte.
   */
  readonly outputType?: OutputType | 'auto';
  /**
   * What to do about items that did not succeed: `error`, the default, refuses the run; `omit` leaves them out;
   * `append` adds a top-level `failures` array of their records, Input and Output in place of the strings that hold
   * them. Where they are not refused, the summary counts them by status.
   */
  readonly failures?: 'error' | 'omit' | 'append';
  /**
   * Where to write the Inputs of the items that did not succeed, as a JSON array, or JSON Lines where the name ends
   * in `.jsonl`: a file for a Map state's ItemReader. Needs `failures` to be `omit` or `append`. It is written before
   * the document is, and stays when that fails.
   */
  readonly rerun?: string | S3Location;
  /** In `rerun`, take an ItemBatcher's batches apart into their items. Default false: the batches as they were. */
  readonly rerunItems?: boolean;
  /**
   * Ask DescribeMapRun how many results there are, and fail before the document is there when they are not all in
   * it. Default false. Needs a manifest with a `MapRunArn`, and one result for each child: not FLATTEN.
   */
  readonly verifyCounts?: boolean;
  /**
   * The largest element of a result file, a result or an execution record as it stands there, in bytes. Default 64 MiB,
   * from 1 KiB to 128 MiB (with `ascii` a text may become three times as long, and a V8 string holds 512 MiB). One that
   * is larger is refused as `LimitExceeded` once that much of it has arrived.
   */
  readonly maxResultBytes?: number;
  /**
   * How deep arrays and objects may be nested in an element, and in the JSON of its Input or Output. Default 1,000
   * levels, from 1 to 10,000. What is nested deeper is refused as `LimitExceeded` before it is parsed.
   */
  readonly maxDepth?: number;
  /** For `verifyCounts`. Default: a new one. */
  readonly sfnClient?: Pick<SFNClient, 'send'>;
  /** What a known consumer needs: `tdr` sets `envelope` and `ascii`. Options beside it prevail. */
  readonly preset?: keyof typeof PRESETS;
  /** `json`, the default, or `jsonl`: a result a line, without an envelope. */
  readonly format?: 'json' | 'jsonl';
  /** Of execution records, what goes into the document: the `output`, by default, or the whole `record`. */
  readonly emit?: 'output' | 'record';
  /** The member that holds the results. Default `results`. */
  readonly resultsKey?: string;
  /** Members of the document before and after the results. Default: none. They cost twice their size. */
  readonly envelopeBefore?: Readonly<Record<string, unknown>>;
  readonly envelope?: Readonly<Record<string, unknown>>;
  /** Write every character above U+007F as `\uXXXX`, two of them above U+FFFF. Default false. */
  readonly ascii?: boolean;
  /** `gzip` (with `ContentEncoding` on S3) or `none`. Default: gzip where the output's name ends in `.gz`. */
  readonly compress?: 'none' | 'gzip';
  /**
   * Changes results or, by returning undefined, drops them. Each is parsed, and what comes back is written anew, which
   * is slower than carrying text over and does not keep what JavaScript cannot hold: `12345678901234567890`, `1.0`.
   */
  readonly map?: MapResult;
  /**
   * Template of the default output's key. `{0}`, `{1}` and so on are the segments of the manifest's key, `{mapRunId}`
   * and `{redrive}` (0 before any) what they say, `{uuid}` is derived from the manifest's address. Default
   * `{0}/{uuid}/results.json`.
   */
  readonly outputKey?: string;
  /** SSE-KMS: the key to encrypt with what is written. Default: the bucket's own settings. */
  readonly sseKmsKeyId?: string;
  /** The storage class of what is written, such as `STANDARD_IA`. Default: STANDARD. */
  readonly storageClass?: string;
  /** Tags and user-defined metadata of what is written. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The account, 12 digits, that must own the buckets read from and written to. Default: any. */
  readonly expectedBucketOwner?: string;
  /** Agree to pay for requests to a Requester Pays bucket. Default false. */
  readonly requestPayer?: boolean;
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
  /** How often an object had to be asked for again, as its body died, stalled or ended early. */
  readonly resumptions: number;
}

/** What known consumers need. */
export const PRESETS = {
  /** TDR's backend checks: later tasks want these members, and one of them reads the document as if it were ASCII. */
  tdr: {
    ascii: true,
    envelope: { statuses: { statuses: [] }, redactedResults: { redactedFiles: [], errors: [] } },
  },
} as const satisfies Record<string, WordOptions>;

const DEFAULTS = {
  transformation: WORD_OPTIONS.transformation.default,
  outputType: WORD_OPTIONS.outputType.default,
  failures: WORD_OPTIONS.failures.default,
  rerunItems: WORD_OPTIONS.rerunItems.default,
  verifyCounts: WORD_OPTIONS.verifyCounts.default,
  maxResultBytes: WORD_OPTIONS.maxResultBytes.default,
  maxDepth: WORD_OPTIONS.maxDepth.default,
  format: WORD_OPTIONS.format.default,
  emit: WORD_OPTIONS.emit.default,
  resultsKey: WORD_OPTIONS.resultsKey.default,
  envelopeBefore: {},
  envelope: {},
  ascii: WORD_OPTIONS.ascii.default,
  concurrency: WORD_OPTIONS.concurrency.default,
  reader: WORD_OPTIONS.reader.default,
  threads: WORD_OPTIONS.threads.default,
  partSize: WORD_OPTIONS.partSize.default,
  queueSize: WORD_OPTIONS.queueSize.default,
  readAttempts: WORD_OPTIONS.readAttempts.default,
  stallTimeout: WORD_OPTIONS.stallTimeout.default,
  overwrite: WORD_OPTIONS.overwrite.default,
  outputKey: WORD_OPTIONS.outputKey.default,
  followDestinationBucket: WORD_OPTIONS.followDestinationBucket.default,
  requestPayer: WORD_OPTIONS.requestPayer.default,
} as const satisfies WordOptions;

/** Options as the work takes them: checked, and with defaults. */
export type Settings = Omit<
  AggregateOptions,
  'manifest' | 'output' | 'rerun' | keyof Limits | keyof typeof DEFAULTS
> &
  Required<Pick<AggregateOptions, Exclude<keyof typeof DEFAULTS, keyof Limits>>> & {
    readonly limits: Limits;
    readonly manifest: Location;
    readonly output: Location | Writable;
    readonly rerun: Location | undefined;
    readonly gzip: boolean;
  };

/**
 * @throws MapRunResultsError `InvalidOption`, which names the option, what it may be, and what it is.
 */
export function resolveOptions(options: AggregateOptions): Settings {
  checkObjects(options);
  for (const name of WORD_OPTION_NAMES)
    if (name !== 'rerun') checkOption(WORD_OPTIONS[name], name, options[name]);
  const preset: WordOptions = options.preset ? PRESETS[options.preset] : {};
  const { maxResultBytes, maxDepth, ...given } = {
    ...DEFAULTS,
    ...preset,
    ...defined(options),
  } as AggregateOptions & Required<Pick<AggregateOptions, keyof typeof DEFAULTS>>;
  const manifest = location('manifest', options.manifest);
  const output = destination(options.output, manifest, given.outputKey);
  const members = { ...given.envelopeBefore, ...given.envelope };

  const refuse = (why: string) => {
    throw new MapRunResultsError('InvalidOption', why);
  };
  for (const name of Object.keys(members)) {
    const taken = name === given.resultsKey || (name === 'failures' && given.failures === 'append');
    const twice = Object.hasOwn(given.envelopeBefore, name) && Object.hasOwn(given.envelope, name);
    if (taken || twice)
      refuse(
        `the envelope must not have ${taken ? 'a' : 'two'} ${taken ? 'member' : 'members'} named ${name}`,
      );
  }
  if (given.failures === 'append' && given.resultsKey === 'failures')
    refuse('resultsKey must not be failures where failures are appended under that name');
  if (given.format === 'jsonl') {
    if (Object.keys(members).length > 0) refuse('envelope does not go with format jsonl, which has none');
    if (given.failures === 'append')
      refuse('failures append does not go with format jsonl, which has results alone');
  }
  if (given.rerun !== undefined && given.failures === 'error')
    refuse('rerun needs failures to be omit or append: by default a run with failures is refused');
  if (given.verifyCounts && given.transformation === 'FLATTEN')
    refuse(
      'verifyCounts does not go with transformation FLATTEN, which makes any number of results of a child',
    );
  if (given.emit === 'record' && !['auto', 'NONE'].includes(given.transformation))
    refuse(`emit record does not go with transformation ${given.transformation}, which writes no records`);

  return {
    ...given,
    limits: { maxResultBytes, maxDepth },
    manifest,
    output,
    rerun: given.rerun === undefined ? undefined : location('rerun', given.rerun),
    gzip: given.compress === undefined ? nameOf(output).endsWith('.gz') : given.compress === 'gzip',
  };
}

/** Options that words cannot say. */
function checkObjects(options: AggregateOptions): void {
  const check = (name: string, value: unknown, is: boolean, what: string) => {
    if (value === undefined || is) return;
    throw new MapRunResultsError('InvalidOption', `${name} must be ${what}, got ${show(value)}`);
  };
  check('options', options ?? null, typeof options === 'object' && options !== null, 'an object');
  const { map, onProgress, signal, client, uploadClient, sfnClient } = options;
  for (const [name, value] of Object.entries({ map, onProgress }))
    check(name, value, typeof value === 'function', 'a function');
  for (const [name, value] of Object.entries({ client, uploadClient, sfnClient }))
    check(name, value, typeof value?.send === 'function', 'a client of the AWS SDK');
  check('signal', signal, signal instanceof AbortSignal, 'an AbortSignal');
}

function destination(
  output: AggregateOptions['output'],
  manifest: Location,
  outputKey: string,
): Location | Writable {
  if (output === undefined) {
    if (isS3(manifest)) return defaultOutput(manifest, outputKey);
    throw new MapRunResultsError('InvalidOption', 'output must be given for a local manifest');
  }
  if (typeof output === 'object' && output !== null && 'write' in output) return output;
  return location('output', output);
}

function location(option: string, value: string | S3Location): Location {
  if (typeof value === 'string') return parseLocation(option, value);
  const { bucket, key } = value ?? {};
  if (typeof bucket === 'string' && bucket !== '' && typeof key === 'string' && key !== '')
    return { bucket, key };
  throw new MapRunResultsError('InvalidOption', `${option} must have a bucket and a key, got ${show(value)}`);
}

function nameOf(output: Location | Writable): string {
  return 'write' in output ? '' : formatLocation(output);
}

/** The members that are not undefined: those that say something. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
