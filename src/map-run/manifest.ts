import { MapRunResultsError } from '../errors.ts';
import { formatLocation, type Location } from '../storage/location.ts';

/** The lists of a manifest, in the order in which messages name them. */
export const STATUSES = ['SUCCEEDED', 'FAILED', 'PENDING'] as const;
export type ResultFileStatus = (typeof STATUSES)[number];

/** A result file as the manifest lists it. */
export interface ResultFile {
  readonly key: string;
  /** In bytes: exact in manifests that AWS wrote, a hint in others, 0 when absent. */
  readonly size: number;
}

/** In bytes, as it is held whole: room for as many entries as below, with keys of 600 bytes. */
export const MAX_MANIFEST_BYTES = 64 * 1024 ** 2;

/** Of all lists together. Each costs a request and its place in the plan. */
export const MAX_RESULT_FILES = 100_000;

/** What a `manifest.json` of ResultWriter says. */
export interface Manifest {
  readonly destinationBucket: string | undefined;
  readonly mapRunArn: string | undefined;
  readonly resultFiles: Readonly<Record<ResultFileStatus, readonly ResultFile[]>>;
}

/**
 * Reads a manifest, no more of it than it may be.
 * @throws MapRunResultsError `LimitExceeded` past MAX_MANIFEST_BYTES, and what parseManifest throws.
 */
export async function readManifest(source: AsyncIterable<Buffer>, location: Location): Promise<Manifest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > MAX_MANIFEST_BYTES) {
      const message = `the manifest ${formatLocation(location)} is larger than ${MAX_MANIFEST_BYTES} bytes, more than is taken`;
      throw new MapRunResultsError('LimitExceeded', message, location);
    }
    chunks.push(chunk);
  }
  return parseManifest(Buffer.concat(chunks), location);
}

/**
 * Takes a manifest in. AWS writes `DestinationBucket`, `MapRunArn` and all three lists; hand-made ones with
 * `ResultFiles.SUCCEEDED` alone are accepted. A list of an unknown status is refused, so that no result file
 * is ever left out unnoticed.
 * @param location Names the manifest in errors.
 * @throws MapRunResultsError `ManifestMalformed`; `LimitExceeded` past MAX_RESULT_FILES.
 */
export function parseManifest(bytes: Uint8Array, location: Location): Manifest {
  const refuse = (why: string, cause?: unknown): never => {
    const message = `${formatLocation(location)} is not a manifest: ${why}`;
    throw new MapRunResultsError('ManifestMalformed', message, { ...location, cause });
  };

  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    return refuse('it is not JSON', cause);
  }
  if (!isObject(document)) return refuse('it is not an object');
  const { DestinationBucket, MapRunArn, ResultFiles } = document;
  if (DestinationBucket !== undefined && typeof DestinationBucket !== 'string')
    return refuse('DestinationBucket is not a string');
  if (MapRunArn !== undefined && typeof MapRunArn !== 'string') return refuse('MapRunArn is not a string');
  if (!isObject(ResultFiles)) return refuse('it has no ResultFiles');
  if (!Array.isArray(ResultFiles.SUCCEEDED)) return refuse('ResultFiles.SUCCEEDED is not an array');

  const listed = Object.values(ResultFiles).reduce<number>((sum, list) => sum + lengthOf(list), 0);
  if (listed > MAX_RESULT_FILES) {
    const message = `the manifest ${formatLocation(location)} lists ${listed} result files; no more than ${MAX_RESULT_FILES} are taken`;
    throw new MapRunResultsError('LimitExceeded', message, location);
  }

  const seen = new Set<string>();
  const listOf = (status: string): ResultFile[] => {
    const list = ResultFiles[status] ?? [];
    if (!Array.isArray(list)) return refuse(`ResultFiles.${status} is not an array`);
    return list.map((entry: unknown, index): ResultFile => {
      const place = `ResultFiles.${status}[${index}]`;
      if (!isObject(entry)) return refuse(`${place} is not an object`);
      const { Key, Size = 0 } = entry;
      if (typeof Key !== 'string' || Key === '') return refuse(`${place}.Key is not a key`);
      if (typeof Size !== 'number' || !Number.isSafeInteger(Size) || Size < 0)
        return refuse(`${place}.Size is not a number of bytes`);
      if (seen.has(Key)) return refuse(`it lists ${Key} twice`);
      seen.add(Key);
      return { key: Key, size: Size };
    });
  };
  const unknown = Object.keys(ResultFiles).find((status) => !STATUSES.some((known) => known === status));
  if (unknown !== undefined) return refuse(`ResultFiles has a list of an unknown status, ${unknown}`);

  return {
    destinationBucket: DestinationBucket,
    mapRunArn: MapRunArn,
    resultFiles: { SUCCEEDED: listOf('SUCCEEDED'), FAILED: listOf('FAILED'), PENDING: listOf('PENDING') },
  };
}

/** The last part of the `MapRunArn`: the folder below the ResultWriter's prefix that holds the run's files. */
export function mapRunId(manifest: Manifest): string | undefined {
  return manifest.mapRunArn?.split(':').at(-1);
}

/**
 * Refuses a run that did not succeed as a whole: its results would be missing from the document.
 * @throws MapRunResultsError `MapRunIncomplete`
 */
export function refuseIncomplete(manifest: Manifest, location: Location): void {
  const { FAILED, PENDING } = manifest.resultFiles;
  if (FAILED.length + PENDING.length === 0) return;
  const listed = (status: string, files: readonly ResultFile[]) =>
    files.length === 0 ? [] : [`${files.length} ${status} (${someKeys(files)})`];
  const lists = [...listed('FAILED', FAILED), ...listed('PENDING', PENDING)].join(' and ');
  throw new MapRunResultsError(
    'MapRunIncomplete',
    `${formatLocation(location)} lists result files of items that did not succeed: ${lists}. Redrive the Map Run, then aggregate its new manifest.`,
    location,
  );
}

/** Enough keys to find the rest by; a message has its limits (a Step Functions cause: 32,768 characters). */
function someKeys(files: readonly ResultFile[], most = 10): string {
  const keys = files.slice(0, most).map((file) => file.key);
  return files.length > most ? `${keys.join(', ')} and ${files.length - most} more` : keys.join(', ');
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
