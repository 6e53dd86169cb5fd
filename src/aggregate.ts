import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import pLimit from 'p-limit';
import { enclose, makeEnvelope } from './document/envelope.ts';
import { MapRunResultsError } from './errors.ts';
import { locator } from './map-run/locate.ts';
import {
  type Manifest,
  parseManifest,
  type ResultFile,
  refuseIncomplete,
  STATUSES,
} from './map-run/manifest.ts';
import { makePlan } from './map-run/plan.ts';
import { Warnings } from './map-run/warnings.ts';
import { type AggregateOptions, resolveOptions, type Settings } from './options.ts';
import type { Batch } from './results/reader.ts';
import { streamJsonReader } from './results/stream-json.ts';
import { formatLocation, identityOf, type Location } from './storage/location.ts';
import { Storage } from './storage/open.ts';
import type { Read } from './storage/storage.ts';
import { Tally } from './tally.ts';

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
  /** Result files that they came from, empty ones included. */
  readonly files: number;
  /** Bytes of result files read, and of the document written. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly milliseconds: number;
  /** What was not as expected but took nothing from the document, in words. */
  readonly warnings: readonly string[];
}

/** Batches that an open result file may run ahead of the document. */
const RUN_AHEAD = 8;

/**
 * Merges the results of a Map Run into one document: reads the manifest, streams every result file of its SUCCEEDED
 * list, a few at once, and writes `{"results":[ … ]}` with all results in the manifest's order of files and each
 * file's own. Memory does not grow with the input. When it fails, nothing is left at the destination.
 * @throws MapRunResultsError Of every kind but `InvalidEvent`.
 */
export async function aggregate(options: AggregateOptions): Promise<Summary> {
  const started = performance.now();
  const settings = resolveOptions(options);
  const envelope = makeEnvelope(settings.envelope);
  const stop = stopWith(options.signal);
  const storage = new Storage(options, stop.signal);
  try {
    const read = storage.source(settings.manifest);
    const manifest = await readManifest(read, settings.manifest);
    const plan = makePlan(manifest, envelope.head.length + envelope.tail.length, settings.partSize);
    const locate = locator(manifest, settings.manifest, settings.followDestinationBucket);
    await refuseOverwriting(settings, manifest, locate);

    const tally = new Tally(plan, options.onProgress);
    const warnings = new Warnings();
    warnings.bucket(manifest, settings.manifest, settings.followDestinationBucket);
    const readResults = (file: ResultFile) => {
      const location = locate(file.key);
      const chunks = tally.file(read(location, 'result file'), (bytes) => warnings.size(file, bytes));
      return streamJsonReader(chunks, location);
    };
    const batches = inOrder(plan.files, readResults, settings.concurrency, stop);
    const document = stopping(tally.document(enclose(tally.results(batches), envelope)), stop);

    const write = storage.sink(settings.output, { partSize: plan.partSize, queueSize: settings.queueSize });
    const etag = await write(Readable.from(document, { objectMode: false }));

    const { results, files, bytesRead, bytesWritten } = tally.progress;
    return {
      ...('write' in settings.output ? {} : settings.output),
      ...(etag !== undefined && { etag }),
      ...{ results, files, bytesRead, bytesWritten },
      milliseconds: Math.round(performance.now() - started),
      warnings: warnings.list,
    };
  } finally {
    stop.abort();
    storage.close();
  }
}

/**
 * Reads the files at the same time, `concurrency` of them, but passes their batches on in order. A file counts as
 * open until its last batch is taken, so the buffers of open files are all there is, and the first one that has not
 * been passed on yet is always open, so nothing waits for ever. The first file that fails stops everything.
 */
async function* inOrder(
  files: readonly ResultFile[],
  read: (file: ResultFile) => AsyncIterable<Batch>,
  concurrency: number,
  stop: AbortController,
): AsyncGenerator<Batch, void> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  stop.signal.addEventListener('abort', () => limit.clearQueue(), { once: true });

  const open = (file: ResultFile) =>
    new Promise<Readable>((resolve, reject) => {
      limit(async () => {
        const batches = Readable.from(stopping(read(file), stop), { highWaterMark: RUN_AHEAD });
        batches.read(0); // Begin now rather than when its turn has come.
        resolve(batches);
        await finished(batches);
      }).catch(() => reject(stop.signal.reason));
    });
  const opened = files.map(open);
  for (const batches of opened) batches.catch(() => {}); // The first that fails is thrown below; the others never.
  for (const batches of opened) yield* await batches;
}

/** Stops everything when this fails, whether anybody is waiting for it or not. */
async function* stopping<T>(items: AsyncIterable<T>, stop: AbortController): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

async function readManifest(read: Read, location: Location): Promise<Manifest> {
  const chunks: Buffer[] = [];
  for await (const chunk of read(location, 'manifest')) chunks.push(chunk);
  const manifest = parseManifest(Buffer.concat(chunks), location);
  refuseIncomplete(manifest, location);
  return manifest;
}

/** The document must not be written over what it is made of. */
async function refuseOverwriting(
  { output, manifest: manifestLocation }: Settings,
  manifest: Manifest,
  locate: (key: string) => Location,
): Promise<void> {
  if ('write' in output) return;
  const destination = await identityOf(output);
  const resultFiles = STATUSES.flatMap((status) => manifest.resultFiles[status]);
  for (const input of [manifestLocation, ...resultFiles.map((file) => locate(file.key))]) {
    if ((await identityOf(input)) !== destination) continue;
    const message = `the document would be written over ${formatLocation(input)}, which it is made of`;
    throw new MapRunResultsError('DestinationIsInput', message, { ...output });
  }
}

/** A controller for everything that one job starts, which the caller's signal aborts too. */
function stopWith(signal: AbortSignal | undefined): AbortController {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One for each open file and each part under way.
  const abort = () =>
    stop.abort(new MapRunResultsError('AbortError', 'aborted by the caller', { cause: signal?.reason }));
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true, signal: stop.signal });
  return stop;
}
