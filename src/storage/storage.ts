import type { Readable } from 'node:stream';
import { type ErrorName, MapRunResultsError, wordsOf } from '../errors.ts';
import { formatLocation, type Location } from './location.ts';

/** What an object is to us, and the error when it is not there. */
export const NOT_FOUND = {
  manifest: 'ManifestNotFound',
  'result file': 'ResultFileNotFound',
} as const satisfies Record<string, ErrorName>;
export type Role = keyof typeof NOT_FOUND;

/** The error when it is replaced by another while it is read. */
export const CHANGED = {
  manifest: 'ReadFailed',
  'result file': 'ResultFileChanged',
} as const satisfies Record<Role, ErrorName>;

/**
 * Reads a whole object, never faster than it is asked to: opens it when the first chunk is asked for, and closes
 * it when the reading ends, fails or is given up. The memory of its chunks belongs to whoever takes them.
 * @throws The signal's reason once it is aborted; before, MapRunResultsError `ManifestNotFound`,
 *   `ResultFileNotFound`, `ResultFileChanged` or `ReadFailed`, with the location.
 */
export type Read<L extends Location = Location> = (
  location: L,
  role: Role,
) => AsyncGenerator<Buffer, void, undefined>;

/**
 * Carries the whole document away. When that fails, or the document does, nothing stays behind that was not there
 * before: no object or file, and no unfinished upload.
 * @returns The ETag, where the destination has such a thing.
 * A document that fails must abort the job's signal, with its error as the reason.
 * @throws The signal's reason once it is aborted; before, MapRunResultsError `WriteFailed`, `DestinationExists` or
 *   `DestinationConflict`.
 */
export type Write = (document: Readable) => Promise<string | undefined>;

/** Whatever breaks once the signal is aborted breaks because of it; the reason is the error to report. */
export function firstCause(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : error;
}

/** Refuses to write over what is there, where that was asked for. */
export function destinationExists(location: Location, cause?: unknown): MapRunResultsError {
  const words = cause === undefined ? '' : `: ${wordsOf(cause)}`;
  const message = `${formatLocation(location)} exists, and overwrite is false${words}`;
  return new MapRunResultsError('DestinationExists', message, { ...location, cause });
}
