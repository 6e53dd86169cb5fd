import { MapRunResultsError } from '../errors.ts';
import type { S3Location } from '../storage/location.ts';

/**
 * Finds the manifest's address in a task's input: `ResultWriterDetails` as a Map state puts it out. Whatever else the
 * input holds is ignored.
 * @param path Where the Map state's output is, such as `$.checks.results` or `checks.results`. Default: under
 *   `results`, where TDR's state machine nests it, or at the top.
 * @throws MapRunResultsError `InvalidEvent`
 */
export function manifestAddress(event: unknown, path?: string): S3Location {
  const names =
    path === undefined ? ['results'] : path.split('.').filter((name) => name !== '$' && name !== '');
  const nested = names.reduce(member, event);
  const details =
    member(nested, 'ResultWriterDetails') ??
    (path === undefined ? member(event, 'ResultWriterDetails') : undefined);
  if (details === undefined) {
    const places =
      path === undefined ? 'neither results.ResultWriterDetails nor' : `no ${[...names, ''].join('.')}`;
    throw new MapRunResultsError(
      'InvalidEvent',
      `the event has ${places}${path === undefined ? ' ' : ''}ResultWriterDetails: pass the output of a Map state that has a ResultWriter`,
    );
  }
  return { bucket: text(details, 'Bucket'), key: text(details, 'Key') };
}

function text(details: unknown, name: string): string {
  const value = member(details, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new MapRunResultsError(
    'InvalidEvent',
    `ResultWriterDetails.${name} must be a non-empty string, got ${JSON.stringify(value)}`,
  );
}

function member(value: unknown, name: string): unknown {
  const has = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return has ? (value as Record<string, unknown>)[name] : undefined;
}
