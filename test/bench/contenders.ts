import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { aggregate } from '../../src/index.ts';
import { parseManifest } from '../../src/map-run/manifest.ts';
import { makePlan } from '../../src/map-run/plan.ts';
import { resolveOptions } from '../../src/options.ts';
import { Storage } from '../../src/storage/open.ts';
import { BUCKET, MANIFEST_KEY } from './fixtures.ts';

// Runs one contender, in a process of its own, so that its peak of memory is its own as well.

export type ContenderName = 'aggregate' | 'transfer' | 'whole-document';

export interface Job {
  readonly contender: ContenderName;
  readonly endpoint: string;
  readonly key: string;
  readonly concurrency: number;
}

/** What a contender did: its own word for it. */
interface Work {
  readonly bytesIn: number;
  /** Absent where nobody looked. */
  readonly results?: number;
  readonly bytesOut: number;
}

export interface Report extends Work {
  readonly seconds: number;
  /** Resident memory in bytes: its peak, and what Node, tsx and the SDK had taken of it before the work began. */
  readonly maxRss: number;
  readonly startRss: number;
}

const CONTENDERS: Readonly<Record<ContenderName, (client: S3Client, job: Job) => Promise<Work>>> = {
  aggregate: async (client, { key, concurrency }) => {
    const output = { bucket: BUCKET, key };
    const manifest = { bucket: BUCKET, key: MANIFEST_KEY };
    const { bytesRead, results, bytesWritten } = await aggregate({ manifest, output, client, concurrency });
    return { bytesIn: bytesRead, results, bytesOut: bytesWritten };
  },
  transfer,
  'whole-document': wholeDocument,
};

const SETTINGS = resolveOptions({ manifest: { bucket: BUCKET, key: MANIFEST_KEY } });

/** The ceiling: what is left of `aggregate` when nothing is done to the bytes, on the same storage. */
async function transfer(client: S3Client, { key, concurrency }: Job): Promise<Work> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // One for each open file and each part under way.
  const storage = new Storage({ ...SETTINGS, client }, signal);
  const location = { bucket: BUCKET, key: MANIFEST_KEY };
  const read = storage.source(location);
  const bytesOfManifest = Buffer.concat(await Readable.from(read(location, 'manifest')).toArray());
  const plan = makePlan(
    parseManifest(bytesOfManifest, location),
    { envelopeBytes: 0, failures: false, growth: 1 },
    SETTINGS.partSize,
  );
  let bytes = 0;

  async function* document() {
    const opened: Readable[] = [];
    for (let i = 0; i < plan.files.length; i++) {
      for (const file of plan.files.slice(opened.length, i + concurrency)) {
        const body = Readable.from(read({ bucket: BUCKET, key: file.key }, 'result file'), {
          highWaterMark: 8,
        });
        body.read(0); // Begin now rather than when its turn has come.
        opened.push(body);
      }
      for await (const chunk of opened[i] as Readable) {
        bytes += chunk.length;
        yield chunk;
      }
    }
  }
  const write = storage.sink(
    { bucket: BUCKET, key },
    {
      partSize: plan.partSize,
      queueSize: SETTINGS.queueSize,
      contentType: 'application/json',
    },
  );
  await write(Readable.from(document(), { objectMode: false }));
  storage.close();
  return { bytesIn: bytes, bytesOut: bytes };
}

/** What one writes without thinking of memory. */
async function wholeDocument(client: S3Client, { key }: Job): Promise<Work> {
  const get = async (from: string): Promise<unknown> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: from }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };
  const resultsOf = async (file: { Key: string }): Promise<unknown[]> => {
    const records = (await get(file.Key)) as { Output: string }[];
    return records.map((record) => JSON.parse(record.Output));
  };
  const manifest = (await get(MANIFEST_KEY)) as {
    ResultFiles: { SUCCEEDED: { Key: string; Size: number }[] };
  };
  const files = manifest.ResultFiles.SUCCEEDED;
  const results = (await Promise.all(files.map(resultsOf))).flat();
  const document = Buffer.from(JSON.stringify({ results }));
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: document }));
  return {
    bytesIn: files.reduce((sum, file) => sum + file.Size, 0),
    results: results.length,
    bytesOut: document.length,
  };
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const client = new S3Client({
  endpoint: job.endpoint,
  forcePathStyle: true,
  region: 'eu-west-2',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  maxAttempts: 1, // A retry would pass for slowness.
});
const startRss = process.memoryUsage.rss();
const started = performance.now();
const work = await CONTENDERS[job.contender](client, job);
const seconds = (performance.now() - started) / 1000;
client.destroy();
const maxRss = process.resourceUsage().maxRSS * 1024;
process.send?.({ ...work, seconds, maxRss, startRss } satisfies Report, () => process.disconnect());
