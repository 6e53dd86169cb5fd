import { MapRunResultsError } from '../errors.ts';
import type { Manifest, ResultFile } from './manifest.ts';

const MIB = 1024 ** 2;

/** S3's limits for multipart uploads: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_SIZE = 5 * MIB;
export const MAX_PART_SIZE = 5 * 1024 ** 3;
export const MAX_PARTS = 10_000;

/** What there is to do, known before the first result file is opened. */
export interface Plan {
  /** The result files to merge, in the order of their results in the document. */
  readonly files: readonly ResultFile[];
  /** The sum of their sizes as the manifest has them, in bytes. */
  readonly bytes: number;
  /** The most that the document can be, in bytes, as far as those sizes are right. */
  readonly documentBytes: number;
  /** Of the upload, in bytes. */
  readonly partSize: number;
}

export interface DocumentSize {
  /** What the document holds besides results, in bytes. */
  readonly envelopeBytes: number;
  /** Whether it has the records of items that did not succeed as well. */
  readonly failures: boolean;
  /** How much longer than in its file a result may be: 3 times where `é`, two bytes, becomes `\u00e9`. */
  readonly growth: number;
}

/**
 * @param partSize As asked for, in bytes. It grows where 10,000 parts of it would not hold the document.
 * @throws MapRunResultsError `InvalidOption` when not even parts of 5 GiB would hold it.
 */
export function makePlan(manifest: Manifest, size: DocumentSize, partSize: number): Plan {
  const { SUCCEEDED: files, FAILED, PENDING } = manifest.resultFiles;
  const bytes = sizeOf(files);
  const inDocument = bytes + (size.failures ? sizeOf(FAILED) + sizeOf(PENDING) : 0);
  // A result is never longer than its record, nor the separators than the records' own.
  const documentBytes = inDocument * size.growth + size.envelopeBytes;
  const needed = Math.ceil(documentBytes / MAX_PARTS);
  if (needed > MAX_PART_SIZE) {
    throw new MapRunResultsError(
      'InvalidOption',
      `the result files add up to ${bytes} bytes, more than one S3 object of ${MAX_PARTS} parts of ${MAX_PART_SIZE} bytes can hold`,
    );
  }
  return { files, bytes, documentBytes, partSize: Math.max(partSize, Math.ceil(needed / MIB) * MIB) };
}

export function sizeOf(files: readonly ResultFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
