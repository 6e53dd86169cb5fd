import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { BUCKET, MANIFEST_KEY } from '../fixtures/fixtures.ts';
import type { HttpJob, Work } from './job.ts';
import { overHttp } from './over-http.ts';
import { plainOutputs } from './plain.ts';

/** What one writes with stream-json's README at hand. */
async function plainStreamJson(client: S3Client, { key }: HttpJob): Promise<Work> {
  const get = async (from: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: from }));
    return Body as Readable;
  };
  const manifest = JSON.parse(Buffer.concat(await (await get(MANIFEST_KEY)).toArray()).toString()) as {
    ResultFiles: { SUCCEEDED: { Key: string; Size: number }[] };
  };
  const files = manifest.ResultFiles.SUCCEEDED;
  let [results, bytesOut] = [0, 0];

  const bytesOf = (text: string) => {
    const bytes = Buffer.from(text);
    bytesOut += bytes.length;
    return bytes;
  };
  async function* document() {
    yield bytesOf('{"results":[');
    for (const { Key } of files)
      for await (const output of plainOutputs(await get(Key)))
        yield bytesOf((results++ === 0 ? '' : ',') + output);
    yield bytesOf(']}');
  }
  const Body = Readable.from(document(), { objectMode: false });
  await new Upload({ client, params: { Bucket: BUCKET, Key: key, Body } }).done();
  return { bytesIn: files.reduce((sum, file) => sum + file.Size, 0), results, bytesOut };
}

await overHttp(plainStreamJson);
