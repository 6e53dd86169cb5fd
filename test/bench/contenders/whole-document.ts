import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { BUCKET, MANIFEST_KEY } from '../fixtures/fixtures.ts';
import type { HttpJob, Work } from './job.ts';
import { overHttp } from './over-http.ts';
import { wholeResults } from './whole.ts';

/** What one writes without thinking of memory. */
async function wholeDocument(client: S3Client, { key, kind }: HttpJob): Promise<Work> {
  const get = async (from: string): Promise<string> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: from }));
    return (await Body?.transformToString()) ?? '';
  };
  const manifest = JSON.parse(await get(MANIFEST_KEY)) as {
    ResultFiles: { SUCCEEDED: { Key: string; Size: number }[] };
  };
  const files = manifest.ResultFiles.SUCCEEDED;
  const results = (
    await Promise.all(files.map(async ({ Key }) => wholeResults(await get(Key), kind)))
  ).flat();
  const document = Buffer.from(JSON.stringify({ results }));
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: document }));
  return {
    bytesIn: files.reduce((sum, file) => sum + file.Size, 0),
    results: results.length,
    bytesOut: document.length,
  };
}

await overHttp(wholeDocument);
