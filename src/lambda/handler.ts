import { S3Client } from '@aws-sdk/client-s3';
import { aggregate, type Summary } from '../aggregate.ts';
import { MapRunResultsError } from '../errors.ts';
import { manifestAddress } from '../map-run/event.ts';
import type { AggregateOptions } from '../options.ts';
import { UPLOADING } from '../storage/connections.ts';
import type { S3Location } from '../storage/location.ts';
import { DEADLINE_MARGIN, type HandlerOptions, optionsFromEnvironment, optionsFromEvent } from './options.ts';

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
  uploadClient: new S3Client(UPLOADING),
});

/** What the handler needs of Lambda's context object. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** A handler with options and clients of its own. */
export function makeHandler(
  options: Omit<AggregateOptions, 'manifest' | 'output'> & HandlerOptions,
): (event: unknown, context?: Context) => Promise<S3Location> {
  return async (event, context) => {
    const { resultsPath, deadlineMargin, ...given } = { ...options, ...optionsFromEvent(event) };
    const manifest = manifestAddress(event, resultsPath);
    const timeLimit = timeLeft(context, deadlineMargin, given.timeLimit);
    const summary = await aggregate({ ...given, ...(timeLimit !== undefined && { timeLimit }), manifest });
    log(manifest, summary);
    const { bucket = '', key = '' } = summary; // Always there, as the output is on S3.
    return { bucket, key };
  };
}

/** How long the work may take, so that Lambda does not stop the function while there is something to clean up. */
function timeLeft(
  context: Context | undefined,
  margin = DEADLINE_MARGIN,
  timeLimit?: number,
): number | undefined {
  if (!context) return timeLimit;
  const remaining = context.getRemainingTimeInMillis();
  if (remaining > margin) return Math.min(remaining - margin, timeLimit ?? Number.POSITIVE_INFINITY);
  const message = `the function would be stopped in ${remaining} ms, and ${margin} ms are kept for cleaning up`;
  throw new MapRunResultsError('DeadlineExceeded', message);
}

/** One line of JSON, as CloudWatch Logs Insights reads it. */
function log(manifest: S3Location, summary: Summary): void {
  const level = summary.warnings.length > 0 ? 'WARN' : 'INFO';
  console.log(JSON.stringify({ level, message: 'aggregated', manifest, ...summary }));
}
