import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { enclose } from './document/envelope.ts';
import { takeFailures } from './failures.ts';
import { inOrder } from './in-order.ts';
import type { ResultFile } from './map-run/manifest.ts';
import { Warnings } from './map-run/warnings.ts';
import { type AggregateOptions, resolveOptions } from './options.ts';
import { type Form, selectOf } from './results/form.ts';
import { mapped } from './results/map.ts';
import type { OutputType } from './results/reader.ts';
import { type OpenReader, openReader } from './results/readers.ts';
import { extractOf } from './results/record.ts';
import { howManyThreads } from './results/threads/how-many.ts';
import { refuseLate, stopping, stopWith } from './stop.ts';
import { Storage } from './storage/open.ts';
import { survey } from './survey.ts';
import { Tally } from './tally.ts';
import { thenVerify } from './verify.ts';

/** What `aggregate` did. */
export interface Summary {
  /** Where the document is: bucket and key, or path, or none of them when it went to a stream. */
  readonly bucket?: string;
  readonly key?: string;
  readonly path?: string;
  /** The document's ETag, on S3. */
  readonly etag?: string;
  /** Results in the document. */
  readonly results: number;
  /** Result files of the manifest's SUCCEEDED list, how many of them were read, and in how many there was nothing. */
  readonly files: number;
  readonly filesRead: number;
  readonly filesEmpty: number;
  /** Bytes of those files read, and of the document written: compressed, where it is. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Elements of result files by status: SUCCEEDED, and where failures are not refused, FAILED, PENDING and so on. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What the result files were. */
  readonly outputType: OutputType;
  readonly elements: Form['elements'];
  /** Of the upload, in bytes. */
  readonly partSize: number;
  /** That result files were read on, beside the one that received and sent. */
  readonly threads: number;
  readonly milliseconds: number;
  /** How often an object had to be asked for again, as its body died, stalled or ended early. */
  readonly resumptions: number;
  /** What was not as expected but took nothing from the document, in words. */
  readonly warnings: readonly string[];
}

/**
 * Merges the results of a Map Run into one document: reads the manifest, streams every result file of its SUCCEEDED
 * list, a few at once, and writes `{"results":[ … ]}` with all results in the manifest's order of files and each
 * file's own. Memory does not grow with the input. When it fails, nothing is left at the destination.
 * @throws MapRunResultsError Of every kind but `InvalidEvent`; what `map` or `onProgress` throws, as it is.
 */
export async function aggregate(options: AggregateOptions): Promise<Summary> {
  const started = performance.now();
  const settings = resolveOptions(options);
  const stop = stopWith(settings);
  const storage = new Storage(settings, stop.signal);
  let reader: OpenReader | undefined;
  try {
    const run = await survey(settings, storage.source(settings.manifest));
    const { plan, form, envelope } = run;
    refuseLate(settings, plan, started);
    const tally = new Tally(plan, () => storage.resumptions, settings.onProgress);
    const warnings = new Warnings(run.manifest, settings);

    reader = openReader(settings.reader, howManyThreads(settings, plan));
    const { read, threads } = reader;
    const failures = await takeFailures(settings, run, storage, stop);
    const readResults = (file: ResultFile) => {
      const location = run.locate(file.key);
      const chunks = tally.file(run.read(location, 'result file'), (bytes) => warnings.size(file, bytes));
      const select = selectOf(form, settings.emit);
      const batches = read(chunks, location, {
        outputType: form.outputType,
        select: settings.map ? mapped(extractOf(select), settings.map, location) : select,
        separator: envelope.separator,
        limits: settings.limits,
      });
      return tally.elements(batches);
    };
    const results = inOrder(plan.files, readResults, settings.concurrency, stop);
    const document = enclose(tally.results(results), failures.appended, envelope);
    const verified = thenVerify(
      document,
      () => ({ SUCCEEDED: tally.succeeded, ...failures.statuses }),
      settings,
      run,
      stop.signal,
    );
    const body = tally.document(settings.gzip ? gzipped(verified) : verified);

    const write = storage.sink(settings.output, {
      partSize: plan.partSize,
      queueSize: settings.queueSize,
      contentType: settings.format === 'json' ? 'application/json' : 'application/x-ndjson',
      contentEncoding: settings.gzip ? 'gzip' : undefined,
    });
    const etag = await write(Readable.from(stopping(body, stop), { objectMode: false }));

    const { results: count, bytesRead, bytesWritten, filesRead, files } = tally.progress;
    return {
      ...('write' in settings.output ? {} : settings.output),
      ...(etag !== undefined && { etag }),
      results: count,
      ...{ files, filesRead, filesEmpty: tally.filesEmpty, bytesRead, bytesWritten },
      statuses: { SUCCEEDED: tally.succeeded, ...failures.statuses },
      ...{ outputType: form.outputType, elements: form.elements, partSize: plan.partSize },
      threads,
      milliseconds: Math.round(performance.now() - started),
      resumptions: storage.resumptions,
      warnings: warnings.list,
    };
  } finally {
    stop.abort();
    await reader?.close();
    storage.close();
  }
}

/** Its errors, which are those of the chunks as well, come out where it is read. */
function gzipped(chunks: AsyncIterable<Buffer>): Readable {
  return pipeline(Readable.from(chunks, { objectMode: false }), createGzip(), () => {});
}
