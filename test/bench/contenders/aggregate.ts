import { aggregate } from '../../../src/index.ts';
import { BUCKET, MANIFEST_KEY } from '../fixtures/fixtures.ts';
import { overHttp } from './over-http.ts';

await overHttp(async (client, { key, concurrency, kind, options }) => {
  const { bytesRead, results, bytesWritten } = await aggregate({
    manifest: { bucket: BUCKET, key: MANIFEST_KEY },
    output: { bucket: BUCKET, key },
    client,
    concurrency,
    ascii: kind.ascii,
    ...options,
  });
  return { bytesIn: bytesRead, results, bytesOut: bytesWritten };
});
