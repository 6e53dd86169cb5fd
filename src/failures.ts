import { Readable } from 'node:stream';
import { bareEnvelope, enclose } from './document/envelope.ts';
import { inOrder } from './in-order.ts';
import type { ResultFile } from './map-run/manifest.ts';
import type { Settings } from './options.ts';
import { countStatus, inputOf, type StatusCounts, unfoldRecord } from './results/failures.ts';
import { detectForm } from './results/form.ts';
import type { Batch, Extract } from './results/reader.ts';
import { streamJsonReader } from './results/stream-json.ts';
import { stopping } from './stop.ts';
import { formatLocation } from './storage/location.ts';
import type { Storage } from './storage/open.ts';
import type { Survey } from './survey.ts';

/** What became of the items that did not succeed. */
export interface Failures {
  /** How many there are of each status: complete once `appended` has been read, where it is there. */
  readonly statuses: StatusCounts;
  /** Their records, for the document. */
  readonly appended: AsyncIterable<Batch> | undefined;
}

/**
 * Takes care of the FAILED and PENDING files as the options have it: writes the rerun list, counts, and opens what is
 * to be appended to the document. Whatever a Map state's transformation, these files hold execution records.
 */
export async function takeFailures(
  settings: Settings,
  { manifest, locate, read, plan }: Survey,
  storage: Storage,
  stop: AbortController,
): Promise<Failures> {
  const files = [...manifest.resultFiles.FAILED, ...manifest.resultFiles.PENDING];
  const locations = files.map((file) => locate(file.key));
  const { limits } = settings;
  const given = { transformation: 'NONE', outputType: settings.outputType } as const;
  const { outputType } = await detectForm(
    locations,
    (location) => read(location, 'result file'),
    given,
    limits,
  );

  const records = (select: Extract, separator: ',' | '\n') => {
    const readFile = (file: ResultFile) => {
      const location = locate(file.key);
      const reading = { outputType, select, separator, limits };
      return streamJsonReader(read(location, 'result file'), location, reading);
    };
    return inOrder(files, readFile, settings.concurrency, stop);
  };

  const statuses: StatusCounts = Object.create(null); // What others inherit may be the name of a status.
  const appends = settings.failures === 'append';
  if (settings.rerun) {
    const lines = /\.jsonl$/i.test(formatLocation(settings.rerun));
    const list = bareEnvelope(lines ? '\n' : ',');
    const inputs = records(inputOf(statuses, settings.rerunItems), list.separator);
    const write = storage.sink(settings.rerun, {
      partSize: plan.partSize,
      queueSize: settings.queueSize,
      contentType: lines ? 'application/x-ndjson' : 'application/json',
    });
    await write(Readable.from(stopping(enclose(inputs, undefined, list), stop), { objectMode: false }));
  } else if (!appends) {
    for await (const _ of records(countStatus(statuses), ','));
  }
  // Where both are wanted the files are read twice, and have been counted already.
  const appended = appends ? records(unfoldRecord(settings.rerun ? {} : statuses), ',') : undefined;
  return { statuses, appended };
}
