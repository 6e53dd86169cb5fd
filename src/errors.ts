/**
 * The kinds of failure. A name is stable: it is the `name` of the error in code and what a state
 * machine's `ErrorEquals` sees when the Lambda function fails.
 *
 * - `InvalidEvent`: the task's input does not say where the manifest is.
 * - `InvalidOption`: an option has the wrong type or is out of its bounds.
 * - `ManifestNotFound`: there is no manifest at the address.
 * - `ManifestMalformed`: what is there is not a manifest that ResultWriter writes.
 * - `MapRunIncomplete`: the manifest lists FAILED or PENDING result files.
 * - `DestinationIsInput`: the document would overwrite the manifest or a result file.
 * - `DestinationExists`: there is something at the destination, and `overwrite` is false.
 * - `DestinationConflict`: another request writes the same object at the same time; a retry may find it settled.
 * - `ResultFileNotFound`: the manifest lists a result file that is not there.
 * - `ResultFileChanged`: a result file was replaced while it was read.
 * - `ResultFileMalformed`: a result file is not what ResultWriter writes.
 * - `LimitExceeded`: a manifest, or an element of a result file, is more than is taken.
 * - `CountsDiffer`: the result files do not hold as many results as Step Functions says it wrote.
 * - `ReadFailed`: storage failed while the manifest or a result file was read.
 * - `WriteFailed`: storage failed while the document was written.
 * - `DeadlineExceeded`: the time was up, or would not have been enough.
 * - `CleanupFailed`: some of what killed jobs have left could not be removed.
 * - `AbortError`: the caller's `signal` was aborted.
 */
export type ErrorName =
  | 'InvalidEvent'
  | 'InvalidOption'
  | 'ManifestNotFound'
  | 'ManifestMalformed'
  | 'MapRunIncomplete'
  | 'DestinationIsInput'
  | 'DestinationExists'
  | 'DestinationConflict'
  | 'ResultFileNotFound'
  | 'ResultFileChanged'
  | 'ResultFileMalformed'
  | 'LimitExceeded'
  | 'CountsDiffer'
  | 'ReadFailed'
  | 'WriteFailed'
  | 'CleanupFailed'
  | 'DeadlineExceeded'
  | 'AbortError';

/** What an error knows about the place where it happened. Each fact is also in the message. */
export interface ErrorFacts {
  /** The S3 bucket of the object concerned. */
  readonly bucket?: string;
  /** The S3 key of the object concerned. */
  readonly key?: string;
  /** The local path of the file concerned. */
  readonly path?: string;
  /** The result concerned, counted from 1 within its result file. */
  readonly resultNumber?: number;
  /**
   * Where in the object it happened, in bytes from 0. For a result that is refused: its first byte; for a fault
   * between results: the byte that does not belong there; for a failed read: the bytes received before.
   */
  readonly byteOffset?: number;
  /** A multipart upload that could not be aborted and is still there. */
  readonly uploadId?: string;
  /** The error that led to this one, such as the AWS SDK's. */
  readonly cause?: unknown;
}

/** Every failure of this library, told apart by `name`. */
export class MapRunResultsError extends Error {
  override readonly name: ErrorName;
  declare readonly bucket?: string;
  declare readonly key?: string;
  declare readonly path?: string;
  declare readonly resultNumber?: number;
  declare readonly byteOffset?: number;
  declare readonly uploadId?: string;

  constructor(name: ErrorName, message: string, { cause, ...facts }: ErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    Object.assign(this, facts);
  }
}

/** The words of an error that another layer raised, such as `NoSuchKey: The specified key does not exist.` */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Calls a function of the caller's. Whatever it throws comes out as an Error: streams take a falsy one for none. */
export function calling<T>(option: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof Error ? error : new Error(`${option} threw ${String(error)}`, { cause: error });
  }
}
