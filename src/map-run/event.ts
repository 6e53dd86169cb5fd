import { MapRunResultsError } from '../errors.ts';
import type { S3Location } from '../storage/location.ts';

/**
 * Finds the manifest's address in a task's input: `ResultWriterDetails` as a Map state puts it out, at the top
 * or, as TDR's state machine nests it, under `results`. Whatever else the input holds is ignored.
 * @throws MapRunResultsError `InvalidEvent`
 */
export function manifestAddress(event: unknown): S3Location {
  const details =
    member(member(event, 'results'), 'ResultWriterDetails') ?? member(event, 'ResultWriterDetails');
  if (details === undefined) {
    throw new MapRunResultsError(
      'InvalidEvent',
      'the event has neither results.ResultWriterDetails nor ResultWriterDetails: pass the output of a Map state that has a ResultWriter',
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
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
