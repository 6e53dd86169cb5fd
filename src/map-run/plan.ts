import { v5 as uuidV5 } from 'uuid';
import { MapRunResultsError } from '../errors.ts';
import { formatLocation, type S3Location } from '../storage/location.ts';
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
  /** Of the upload, in bytes. */
  readonly partSize: number;
}

/**
 * @param extraBytes What the document holds besides results, in bytes.
 * @param partSize As asked for, in bytes; default: the smallest that S3 takes. It grows where 10,000 parts of it
 *   would not hold the document.
 * @throws MapRunResultsError `InvalidOption` when not even parts of 5 GiB would hold it.
 */
export function makePlan(manifest: Manifest, extraBytes: number, partSize = MIN_PART_SIZE): Plan {
  const files = manifest.resultFiles.SUCCEEDED;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  // A result is never longer than its record, nor the separators than the records' own.
  const needed = Math.ceil((bytes + extraBytes) / MAX_PARTS);
  if (needed > MAX_PART_SIZE) {
    throw new MapRunResultsError(
      'InvalidOption',
      `the result files add up to ${bytes} bytes, more than one S3 object of ${MAX_PARTS} parts of ${MAX_PART_SIZE} bytes can hold`,
    );
  }
  return { files, bytes, partSize: Math.max(partSize, Math.ceil(needed / MIB) * MIB) };
}

/**
 * Where the document goes unless told otherwise: `<first segment of the manifest's key>/<uuid>/results.json`, in
 * the manifest's bucket. The uuid (v5, of the manifest's `s3://` address in the URL namespace) is derived, not
 * drawn: a retry writes the same object again instead of another one.
 */
export function defaultOutput(manifest: S3Location): S3Location {
  const id = uuidV5(formatLocation(manifest), uuidV5.URL);
  const slash = manifest.key.indexOf('/');
  const prefix = slash === -1 ? '' : manifest.key.slice(0, slash + 1);
  return { bucket: manifest.bucket, key: `${prefix}${id}/results.json` };
}
