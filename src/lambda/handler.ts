import { S3Client } from '@aws-sdk/client-s3';
import { aggregate, type Summary } from '../aggregate.ts';
import { manifestAddress } from '../map-run/event.ts';
import type { AggregateOptions } from '../options.ts';
import type { S3Location } from '../storage/location.ts';
import { type HandlerOptions, optionsFromEnvironment, optionsFromEvent } from './options.ts';

/**
 * A Lambda task: takes the output of a Map state with a ResultWriter, at the top of the event or under `results`,
 * and returns the address of the document, `{ bucket, key }`. A retry writes the same object again.
 *
 * Options come from the environment, checked once, at start: `AGGREGATE_CONCURRENCY`, `AGGREGATE_ENVELOPE` (JSON) and
 * so on, for every option that words can say; and `AGGREGATE_RESULTS_PATH`, where in the event the Map state's output
 * is. An `options` member of the event prevails over them.
 * @throws MapRunResultsError Its `name` is what `ErrorEquals` in a state machine sees.
 */
export const handler = makeHandler({
  ...optionsFromEnvironment(process.env),
  client: new S3Client({}),
  uploadClient: new S3Client({}),
});

/** A handler with options and clients of its own. */
export function makeHandler(
  options: Omit<AggregateOptions, 'manifest' | 'output'> & HandlerOptions,
): (event: unknown) => Promise<S3Location> {
  return async (event) => {
    const { resultsPath, ...given } = { ...options, ...optionsFromEvent(event) };
    const manifest = manifestAddress(event, resultsPath);
    const summary = await aggregate({ ...given, manifest });
    log(manifest, summary);
    const { bucket = '', key = '' } = summary; // Always there, as the output is on S3.
    return { bucket, key };
  };
}

/** One line of JSON, as CloudWatch Logs Insights reads it. */
function log(manifest: S3Location, summary: Summary): void {
  const level = summary.warnings.length > 0 ? 'WARN' : 'INFO';
  console.log(JSON.stringify({ level, message: 'aggregated', manifest, ...summary }));
}
