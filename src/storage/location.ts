import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MapRunResultsError } from '../errors.ts';

/** An object on S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** A file on this machine. */
export interface FileLocation {
  readonly path: string;
}

export type Location = S3Location | FileLocation;

/** What is in a bucket under keys that begin so; all that is in it where the prefix is empty. */
export interface S3Prefix {
  readonly bucket: string;
  readonly prefix: string;
}

export function isS3(location: object): location is S3Location {
  return 'bucket' in location;
}

/** `s3://bucket/key`, or the path: as messages show a location and as `parseLocation` reads it. */
export function formatLocation(location: Location): string {
  return isS3(location) ? `s3://${location.bucket}/${location.key}` : location.path;
}

/**
 * Reads `s3://bucket/key` or a local path. Keys are taken as they are: nothing in them is decoded.
 * @throws MapRunResultsError `InvalidOption` when it is neither.
 */
export function parseLocation(option: string, value: string): Location {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    if (value === '' || value.includes('\0')) throw invalid(option, value);
    return { path: value };
  }
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(value) ?? [];
  if (!bucket || !key) throw invalid(option, value);
  return { bucket, key };
}

/**
 * Reads `s3://bucket/prefix`, of which the prefix may be empty, or a local path.
 * @throws MapRunResultsError `InvalidOption` when it is neither.
 */
export function parsePrefix(option: string, value: string): S3Prefix | FileLocation {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(value) ?? [];
  return bucket ? { bucket, prefix } : (parseLocation(option, value) as FileLocation);
}

/** The same text for two locations just when they are the same object or file, whether it is there or not. */
export async function identityOf(location: Location): Promise<string> {
  if (isS3(location)) return formatLocation(location);
  const path = resolve(location.path);
  const folder = () => realpath(dirname(path)).catch(() => dirname(path));
  return realpath(path).catch(async () => join(await folder(), basename(path)));
}

function invalid(option: string, value: string): MapRunResultsError {
  return new MapRunResultsError(
    'InvalidOption',
    `${option} must be s3://bucket/key or a path, got ${JSON.stringify(value)}`,
  );
}
