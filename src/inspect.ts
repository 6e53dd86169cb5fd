import { PassThrough } from 'node:stream';
import { type ResultFileStatus, STATUSES } from './map-run/manifest.ts';
import { sizeOf } from './map-run/plan.ts';
import { Warnings } from './map-run/warnings.ts';
import { memoryOf } from './memory.ts';
import { type AggregateOptions, defined, resolveOptions } from './options.ts';
import type { Form } from './results/form.ts';
import type { OutputType } from './results/reader.ts';
import { howManyThreads } from './results/threads/how-many.ts';
import { stopWith } from './stop.ts';
import { isS3, type Location, parseLocation } from './storage/location.ts';
import { Storage } from './storage/open.ts';
import { survey } from './survey.ts';

/** What `aggregate` would do with the same options: the plan without the work. */
export interface Inspection {
  readonly mapRunArn: string | undefined;
  /** Where the document would go; absent for a stream. */
  readonly output: Location | undefined;
  /** Result files by status and their bytes, as the manifest has them. */
  readonly resultFiles: Readonly<
    Record<ResultFileStatus, { readonly files: number; readonly bytes: number }>
  >;
  /** What the result files are. */
  readonly outputType: OutputType;
  readonly elements: Form['elements'];
  /** Of the upload, in bytes, and how many of them there would be at most. */
  readonly partSize: number;
  readonly parts: number;
  /** In bytes, by the README's formula, with results no larger than a batch. */
  readonly memory: number;
  /** A rough one, at RATE. */
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Bytes a second that the default reader takes in on one core of a small machine: see test/bench. */
const RATE = 50_000_000;

/**
 * Looks at a Map Run and says what there is to do. Reads the manifest and the first result; writes nothing. Items
 * that did not succeed are counted, not refused.
 * @throws MapRunResultsError As `aggregate` does before it opens the result files.
 */
export async function inspect(options: AggregateOptions): Promise<Inspection> {
  const manifest = options?.manifest;
  const local = typeof manifest === 'string' && !isS3(parseLocation('manifest', manifest));
  // Nothing is written, so a local manifest needs no output.
  const settings = resolveOptions({
    failures: 'omit',
    ...(local && { output: new PassThrough() }),
    ...defined(options ?? {}),
  });
  const stop = stopWith(settings);
  const storage = new Storage(settings, stop.signal);
  try {
    const { manifest: listing, plan, form } = await survey(settings, storage.source(settings.manifest));
    const { resultFiles, mapRunArn } = listing;
    const listed = STATUSES.map((status) => {
      const files = resultFiles[status];
      return [status, { files: files.length, bytes: sizeOf(files) }];
    });
    return {
      mapRunArn,
      output: 'write' in settings.output ? undefined : settings.output,
      resultFiles: Object.fromEntries(listed) as Inspection['resultFiles'],
      outputType: form.outputType,
      elements: form.elements,
      partSize: plan.partSize,
      parts: Math.max(1, Math.ceil(plan.documentBytes / plan.partSize)),
      memory: memoryOf(plan.partSize, { ...settings, threads: howManyThreads(settings, plan) }),
      seconds: plan.bytes / RATE,
      warnings: new Warnings(listing, settings).list,
    };
  } finally {
    stop.abort();
    storage.close();
  }
}
