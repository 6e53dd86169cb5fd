import { v5 as uuidV5 } from 'uuid';
import { MapRunResultsError } from '../errors.ts';
import { formatLocation, type S3Location } from '../storage/location.ts';

/**
 * Where the document goes unless told otherwise: in the manifest's bucket, under the key that the template makes.
 * All of it is derived, nothing drawn, so a retry writes the same object again instead of another one. The uuid is a
 * v5 one, of the manifest's `s3://` address in the URL namespace.
 * @param template `{0}`, `{1}` … are the segments of the manifest's key, `{mapRunId}` the folder that it is in but for
 *   `Redrive-N`, `{redrive}` that N or 0.
 * @throws MapRunResultsError `InvalidOption` for anything else in braces.
 */
export function defaultOutput(manifest: S3Location, template: string): S3Location {
  const segments = manifest.key.split('/');
  const redrive = /^Redrive-(\d+)$/.exec(segments.at(-2) ?? '')?.[1];
  const values: Readonly<Record<string, string | undefined>> = {
    ...Object.fromEntries(segments.entries()),
    mapRunId: segments.at(redrive === undefined ? -2 : -3),
    redrive: redrive ?? '0',
    uuid: uuidV5(formatLocation(manifest), uuidV5.URL),
  };
  const key = template.replace(/\{([^{}]*)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    throw new MapRunResultsError(
      'InvalidOption',
      `outputKey must have no ${placeholder} for a manifest at ${formatLocation(manifest)}; there are ${Object.keys(values).join(', ')}`,
    );
  });
  return { bucket: manifest.bucket, key };
}
