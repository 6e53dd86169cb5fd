import { S3Client } from '@aws-sdk/client-s3';
import { aggregate, type Summary } from '../aggregate.ts';
import { MapRunResultsError } from '../errors.ts';
import { manifestAddress } from '../map-run/event.ts';
import { defaultOutput } from '../map-run/plan.ts';
import { type AggregateOptions, parseOption, WORD_OPTION_NAMES, type WordOptions } from '../options.ts';
import type { S3Location } from '../storage/location.ts';

const PREFIX = 'AGGREGATE_';

/**
 * A Lambda task: takes the output of a Map state with a ResultWriter, at the top of the event or under `results`,
 * and returns the address of the document, `{ bucket, key }`. A retry writes the same object again.
 *
 * Options come from the environment: `AGGREGATE_CONCURRENCY`, `AGGREGATE_PART_SIZE`, `AGGREGATE_QUEUE_SIZE`,
 * `AGGREGATE_ENVELOPE` (JSON), `AGGREGATE_FOLLOW_DESTINATION_BUCKET`. They are checked once, at start.
 * @throws MapRunResultsError Its `name` is what `ErrorEquals` in a state machine sees.
 */
export const handler = makeHandler({
  ...optionsFrom(process.env),
  client: new S3Client({}),
  uploadClient: new S3Client({}),
});

/** A handler with options and clients of its own. */
export function makeHandler(
  options: Omit<AggregateOptions, 'manifest' | 'output'>,
): (event: unknown) => Promise<S3Location> {
  return async (event) => {
    const manifest = manifestAddress(event);
    const output = defaultOutput(manifest);
    const summary = await aggregate({ ...options, manifest, output });
    log(manifest, summary);
    return output;
  };
}

/**
 * Reads the `AGGREGATE_*` variables. One that is no option is refused: a misspelt name would do nothing, unnoticed.
 * @throws MapRunResultsError `InvalidOption`
 */
export function optionsFrom(environment: Readonly<Record<string, string | undefined>>): WordOptions {
  const options: Record<string, unknown> = {};
  const names = new Map(WORD_OPTION_NAMES.map((name) => [variable(name), name]));
  for (const [key, value] of Object.entries(environment)) {
    if (!key.startsWith(PREFIX) || value === undefined || value === '') continue;
    const name = names.get(key);
    if (!name) {
      throw new MapRunResultsError(
        'InvalidOption',
        `${key} is not an option; those are ${[...names.keys()].join(', ')}`,
      );
    }
    options[name] = parseOption(name, key, value);
  }
  return options;
}

/** `partSize` → `AGGREGATE_PART_SIZE` */
function variable(name: string): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** One line of JSON, as CloudWatch Logs Insights reads it. */
function log(manifest: S3Location, summary: Summary): void {
  const level = summary.warnings.length > 0 ? 'WARN' : 'INFO';
  console.log(JSON.stringify({ level, message: 'aggregated', manifest, ...summary }));
}
