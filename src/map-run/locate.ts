import { basename, dirname, resolve, sep } from 'node:path';
import { MapRunResultsError } from '../errors.ts';
import { formatLocation, isS3, type Location } from '../storage/location.ts';
import { type Manifest, mapRunId } from './manifest.ts';

/**
 * Tells where a manifest's result files are, by their keys.
 *
 * On S3 they are in the bucket that the manifest was read from, so that a manifest cannot send its reader elsewhere,
 * unless its `DestinationBucket` is to be followed. Beside a local manifest they are below the Map Run's own folder:
 * the manifest's folder, or its parent when that folder is `Redrive-N`; the part of a key after the map run id is
 * the path below it. Base names repeat across redrives, so a file is never looked for by its name.
 * @throws MapRunResultsError `ManifestMalformed` for a key that is not in the Map Run's folder.
 */
export function locator(
  manifest: Manifest,
  location: Location,
  followDestinationBucket: boolean,
): (key: string) => Location {
  if (isS3(location)) {
    const bucket = (followDestinationBucket && manifest.destinationBucket) || location.bucket;
    return (key) => ({ bucket, key });
  }
  const folder = dirname(resolve(location.path));
  const root = /^Redrive-\d+$/.test(basename(folder)) ? dirname(folder) : folder;
  return (key) => {
    const below = partBelowMapRun(key, mapRunId(manifest));
    const path = resolve(root, below ?? '');
    if (below === undefined || !path.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new MapRunResultsError(
        'ManifestMalformed',
        `${formatLocation(location)} lists ${key}, which is not in the folder of its Map Run`,
        { path: location.path, key },
      );
    }
    return { path };
  };
}

/** Without a `MapRunArn`, the shape of the key tells: `.../<mapRunId>/[Redrive-N/]<name>`. */
function partBelowMapRun(key: string, id: string | undefined): string | undefined {
  if (id === undefined) return /(?:Redrive-\d+\/)?[^/]+$/.exec(key)?.[0];
  const at = `/${key}`.lastIndexOf(`/${id}/`);
  return at === -1 ? undefined : key.slice(at + id.length + 1);
}
