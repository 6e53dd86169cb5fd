import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { parseManifest } from '../../../src/map-run/manifest.ts';
import { makePlan } from '../../../src/map-run/plan.ts';
import { resolveOptions } from '../../../src/options.ts';
import { Storage } from '../../../src/storage/open.ts';
import { BUCKET, MANIFEST_KEY } from '../fixtures/fixtures.ts';
import type { HttpJob, Work } from './job.ts';
import { overHttp } from './over-http.ts';

const SETTINGS = resolveOptions({ manifest: { bucket: BUCKET, key: MANIFEST_KEY } });

/** The ceiling: what is left of `aggregate` when nothing is done to the bytes, on the same storage. */
async function transfer(client: S3Client, { key, concurrency }: HttpJob): Promise<Work> {
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

await overHttp(transfer);
