import type { S3Client } from '@aws-sdk/client-s3';
import { calling, type ErrorFacts, MapRunResultsError } from './errors.ts';
import { defined } from './options.ts';
import { stopWith } from './stop.ts';
import type { Leftover } from './storage/leftovers.ts';
import { type FileLocation, parsePrefix, type S3Prefix } from './storage/location.ts';
import { openLeftovers } from './storage/open.ts';
import { checkOption, show, WORD_OPTIONS, type WordOption } from './word-options.ts';

/** What `cleanup` takes. */
export interface CleanupOptions {
  /**
   * `s3://bucket/prefix` or `{ bucket, prefix }`, for unfinished uploads to keys that begin so: it should be a prefix
   * that nothing else uploads to, as S3 does not say who made them. A folder, though not what is below it, or the path
   * of a document, for partial files.
   */
  readonly where: string | S3Prefix;
  /**
   * Milliseconds since an upload was begun or a file last written to, at least. Default 86,400,000, a day; 0 for all.
   * One in use looks the same, so it must be more than the longest job takes.
   */
  readonly olderThan?: number;
  /** Remove nothing. Default false. */
  readonly dryRun?: boolean;
  /** Default: a new one, with the region, credentials and endpoint of the environment. */
  readonly client?: S3Client;
  /** The account, 12 digits, that must own the bucket. Default: any. */
  readonly expectedBucketOwner?: string;
  /** Agree to pay for requests to a Requester Pays bucket. Default false. */
  readonly requestPayer?: boolean;
  /** Gives the work up; what has been removed stays so. */
  readonly signal?: AbortSignal;
  /** Called with each leftover once it is removed or, with `dryRun`, found. What it throws fails the job. */
  readonly onLeftover?: (leftover: Leftover) => void;
}

/** What `cleanup` did. */
export interface CleanupReport {
  /** What was removed, or with `dryRun` found. What others removed meanwhile is not in it. */
  readonly leftovers: readonly Leftover[];
  /** How many there are that are not so old, and stay. */
  readonly younger: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** The most that a message names one by one. */
const MAX_NAMED = 10;

/**
 * Removes what jobs have left that were killed before they could: unfinished multipart uploads, and partial local
 * files.
 * @throws MapRunResultsError `CleanupFailed`, once all others are removed, where some could not be, with the facts of
 *   the first, and an AggregateError of all as its cause; `ReadFailed` where they could not be listed; `InvalidOption`;
 *   `AbortError`.
 */
export async function cleanup(options: CleanupOptions): Promise<CleanupReport> {
  const where = check(options);
  const { olderThan = DAY, dryRun = false, onLeftover = () => {} } = options;
  const stop = stopWith(options);
  const { find, close } = openLeftovers(where, options, stop.signal);
  try {
    const all = await find();
    const now = Date.now();
    // All means all, whatever the clock of the store.
    const old = all.filter(({ since }) => olderThan === 0 || now - Number(since) > olderThan);
    const leftovers: Leftover[] = [];
    const errors: MapRunResultsError[] = [];
    for (const { leftover, remove } of old) {
      stop.signal.throwIfAborted();
      try {
        if (!dryRun && !(await remove())) continue;
      } catch (error) {
        if (stop.signal.aborted || !(error instanceof MapRunResultsError)) throw error;
        errors.push(error);
        continue;
      }
      leftovers.push(leftover);
      calling('onLeftover', () => onLeftover(leftover));
    }
    if (errors.length > 0) throw failed(errors, old.length);
    return { leftovers, younger: all.length - old.length };
  } finally {
    stop.abort();
    close();
  }
}

function failed(errors: readonly MapRunResultsError[], of: number): MapRunResultsError {
  const named = errors.slice(0, MAX_NAMED).map(({ message }) => message);
  const more = errors.length > MAX_NAMED ? [`and ${errors.length - MAX_NAMED} more`] : [];
  const message = `${errors.length} of ${of} leftovers could not be removed: ${[...named, ...more].join('; ')}`;
  const { bucket, key, path, uploadId } = errors[0] as MapRunResultsError;
  const facts = defined({ bucket, key, path, uploadId }) as ErrorFacts;
  return new MapRunResultsError('CleanupFailed', message, { ...facts, cause: new AggregateError(errors) });
}

/** Those that words can say. */
const SPECS = {
  olderThan: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, help: '' },
  dryRun: { kind: 'boolean', help: '' },
  expectedBucketOwner: WORD_OPTIONS.expectedBucketOwner,
  requestPayer: WORD_OPTIONS.requestPayer,
} satisfies Record<string, WordOption>;

/** @throws MapRunResultsError `InvalidOption` */
function check(options: CleanupOptions): S3Prefix | FileLocation {
  const refuse = (name: string, what: string, value: unknown) => {
    throw new MapRunResultsError('InvalidOption', `${name} must be ${what}, got ${show(value)}`);
  };
  const { where, client, signal, onLeftover } = options ?? {};
  for (const name of ['olderThan', 'dryRun', 'expectedBucketOwner', 'requestPayer'] as const)
    checkOption(SPECS[name], name, options?.[name]);
  if (client !== undefined && typeof client?.send !== 'function')
    refuse('client', 'a client of the AWS SDK', client);
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('signal', 'an AbortSignal', signal);
  if (onLeftover !== undefined && typeof onLeftover !== 'function')
    refuse('onLeftover', 'a function', onLeftover);
  if (typeof where === 'string') return parsePrefix('where', where);
  if (typeof where?.bucket !== 'string' || where.bucket === '' || typeof where.prefix !== 'string')
    refuse('where', 's3://bucket/prefix, a bucket and a prefix, or a path', where);
  return where;
}
