import { MapRunResultsError } from './errors.ts';
import { describeCounts } from './map-run/counts.ts';
import type { Manifest } from './map-run/manifest.ts';
import type { Settings } from './options.ts';
import type { StatusCounts } from './results/failures.ts';
import type { Form } from './results/form.ts';
import { formatLocation } from './storage/location.ts';
import type { Survey } from './survey.ts';

/**
 * Passes the document on and, where that is asked for, compares what was merged with what Step Functions says it has
 * written, before the document has ended: one that is not complete is never there.
 * @throws MapRunResultsError `CountsDiffer`; `ReadFailed` where Step Functions does not say.
 */
export async function* thenVerify(
  document: AsyncIterable<Buffer>,
  counted: () => StatusCounts,
  settings: Settings,
  { manifest }: Survey,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  if (!settings.verifyCounts) return yield* document;
  yield* document;

  const { succeeded, resultsWritten } = await describeCounts(
    manifest.mapRunArn ?? '',
    settings.sfnClient,
    signal,
  );
  const { SUCCEEDED: merged = 0, ...others } = counted();
  const all = Object.values(others).reduce((sum, count) => sum + count, merged);
  // After a redrive, the lists of items that did not succeed are those of that redrive alone.
  const redriven = /\/Redrive-\d+\/[^/]*$/.test(formatLocation(settings.manifest));
  if (merged === succeeded && (redriven || all === resultsWritten)) return;
  throw new MapRunResultsError(
    'CountsDiffer',
    `DescribeMapRun says that ${succeeded} children of ${manifest.mapRunArn} succeeded and ${resultsWritten} results were written, but ${merged} succeeded ones are in the result files, and ${all} of all`,
    settings.manifest,
  );
}

/**
 * @throws MapRunResultsError `InvalidOption` where counts are to be verified and there is nothing to compare them with.
 */
export function refuseUnverifiable(settings: Settings, manifest: Manifest, form: Form): void {
  if (!settings.verifyCounts) return;
  if (manifest.mapRunArn === undefined)
    throw new MapRunResultsError('InvalidOption', 'verifyCounts needs a manifest with a MapRunArn');
  if (form.elements === 'outputs' && settings.transformation !== 'COMPACT') {
    const why = 'FLATTEN may have made any number of bare outputs of each child';
    throw new MapRunResultsError(
      'InvalidOption',
      `verifyCounts needs transformation to be COMPACT here: ${why}`,
    );
  }
}
