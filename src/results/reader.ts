import { type ErrorName, MapRunResultsError } from '../errors.ts';
import { formatLocation, type Location } from '../storage/location.ts';
import type { ByteString } from './byte-string.ts';
import type { Limits } from './limits.ts';

/** Some texts, already joined by the separator. Small ones are gathered, as a stream of many is slow. */
export interface Batch {
  /** UTF-8. Its memory is the batch's alone. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** How many texts there are in it: none where nothing is made of elements. */
  readonly count: number;
  /** How many elements they are made of. Over all batches of a file it adds up to all of its elements. */
  readonly elements: number;
}

/** In bytes, about: a batch is passed on as soon as it has this many, so the last of its texts may exceed it. */
export const BATCH_SIZE = 64 * 1024;

/** In bytes: what a batch takes in memory, unless its last text needs more: a quarter more than its size at most. */
export const BATCH_MEMORY = BATCH_SIZE + BATCH_SIZE / 4;

/** The type of a result file, in AWS's words: one array on one line, or a value on each. */
export type OutputType = 'JSON' | 'JSONL';

/** One element of a result file: a result, or an execution record. */
export interface Element {
  /** As it stands in the file; it is JSON. */
  readonly text: ByteString;
  /** Its number in the file, from 1. */
  readonly number: number;
  /** Its members as an execution record, where it is an object. */
  readonly members: Members | undefined;
}

/** What is known of an object that may be an execution record. */
export interface Members {
  readonly hasOutput: boolean;
  /** The `Output` where that is a string, decoded. The last one counts where there are several, as in all of JSON. */
  readonly output: ByteString | undefined;
  /** Whether it is an execution record, by its members: it has none but a record's, and those that tell one. */
  readonly areOfRecord: boolean;
}

/**
 * Makes the texts of an element that go into a document: none, one or several.
 * @throws Flaw for an element that is not what it should be.
 */
export type Extract = (element: Element, limits: Limits) => readonly ByteString[];

/** What is wrong with an element; completes a sentence about it. */
export class Flaw extends Error {
  /** Of the error that refuses the file for it. */
  readonly errorName: ErrorName = 'ResultFileMalformed';
}

/**
 * What goes into a document of each element: the `output` of an execution record, once that is known to be JSON; the
 * whole `record`, if its Output is; a `bare` output, as COMPACT and FLATTEN write it; or one that is only `presumed`
 * to be bare, as the first one was.
 */
export type Select = 'output' | 'record' | 'bare' | 'presumed';

/** What to read of a result file. It is plain data, which another thread can be told, but for an Extract. */
export interface Reading {
  readonly outputType: OutputType;
  readonly select: Select | Extract;
  readonly separator: ',' | '\n';
  readonly limits: Limits;
}

/**
 * What every reader keeps: it turns the bytes of one result file, however they are cut into chunks, into texts made
 * of its elements, in their order, no faster than it is asked to. It holds at most one chunk, one element and one
 * batch, and closes its source when it is given up. A chunk's memory may be used again once the next one has been asked
 * for, so nothing of it is kept. An element that exceeds the limits is refused for that,
 * before it is looked at any closer.
 * @param location Names the result file in errors.
 * @throws MapRunResultsError `ResultFileMalformed`, `LimitExceeded`; the source's own error as it is.
 */
export type Reader = (
  source: AsyncIterable<Buffer>,
  location: Location,
  reading: Reading,
) => AsyncGenerator<Batch, void, undefined>;

/**
 * Makes the error that refuses a result file.
 * @param flaw With a result number: completes a sentence about that result. Without: stands by itself.
 */
export type Refuse = (flaw: Flaw, byteOffset: number, resultNumber?: number) => MapRunResultsError;

export function refusal(location: Location): Refuse {
  return ({ errorName, message, cause }, byteOffset, resultNumber) => {
    const about =
      resultNumber === undefined
        ? `at byte ${byteOffset}:`
        : `result ${resultNumber}, at byte ${byteOffset},`;
    return new MapRunResultsError(errorName, `${formatLocation(location)}: ${about} ${message}`, {
      ...location,
      byteOffset,
      ...(resultNumber !== undefined && { resultNumber }),
      cause,
    });
  };
}
