import { MapRunResultsError } from '../errors.ts';
import { formatLocation, type Location } from '../storage/location.ts';

/** The texts of some results, already joined by commas. Small ones are gathered, as a stream of many is slow. */
export interface Batch {
  /** UTF-8, never empty. */
  readonly bytes: Buffer;
  /** How many results there are in it, at least 1. */
  readonly count: number;
}

/** In bytes, about: a batch is passed on as soon as it has this many, so the last of its results may exceed it. */
export const BATCH_SIZE = 64 * 1024;

/**
 * What every reader keeps: it turns the bytes of one result file, however they are cut into chunks, into the texts
 * of its results, in their order, no faster than it is asked to. It holds at most one chunk, one result and one
 * batch, and closes its source when it is given up.
 * @param location Names the result file in errors.
 * @throws MapRunResultsError `ResultFileMalformed`; the source's own error as it is.
 */
export type Reader = (
  source: AsyncIterable<Uint8Array>,
  location: Location,
) => AsyncGenerator<Batch, void, undefined>;

/**
 * Makes the error that refuses a result file.
 * @param why With a result number: completes a sentence about that result. Without: stands by itself.
 */
export type Refuse = (
  why: string,
  byteOffset: number,
  resultNumber?: number,
  cause?: unknown,
) => MapRunResultsError;

export function refusal(location: Location): Refuse {
  return (why, byteOffset, resultNumber, cause) => {
    const about =
      resultNumber === undefined
        ? `at byte ${byteOffset}:`
        : `result ${resultNumber}, at byte ${byteOffset},`;
    return new MapRunResultsError('ResultFileMalformed', `${formatLocation(location)}: ${about} ${why}`, {
      ...location,
      byteOffset,
      ...(resultNumber !== undefined && { resultNumber }),
      cause,
    });
  };
}
