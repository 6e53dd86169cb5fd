import { Readable } from 'node:stream';
import { type GetObjectCommandInput, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { aggregate } from '../../src/index.ts';
import { mapRun } from '../support/map-run.ts';
import { type S3, startS3 } from '../support/s3-server.ts';

const OUTPUTS = Array.from({ length: 40 }, (_, n) => JSON.stringify({ n, text: 'x'.repeat(100_000) }));

describe('a body that breaks, over HTTP', () => {
  let s3: S3;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  it('is resumed where it broke, as often as it takes', async () => {
    const bucket = await s3.bucket();
    const run = mapRun({ succeeded: [OUTPUTS], bucket: bucket.name });
    await bucket.putMapRun(run);
    const client = new S3Client(s3.config);
    const ranges: unknown[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          if (commandName !== 'GetObjectCommand') return result;
          ranges.push((args.input as GetObjectCommandInput).Range);
          const output = result.output as GetObjectCommandOutput;
          output.Body = breaking(output.Body as Readable) as NonNullable<GetObjectCommandOutput['Body']>;
          return result;
        },
      { step: 'initialize' },
    );

    const manifest = { bucket: bucket.name, key: run.manifestKey };
    const { key = '', resumptions } = await aggregate({ manifest, client, uploadClient: s3.client });
    client.destroy();
    expect(await bucket.get(key)).to.equal(`{"results":[${OUTPUTS.join(',')}]}`);
    expect(resumptions).to.be.above(2);
    expect(ranges.filter(Boolean)).to.have.length(resumptions);
  });
});

/** Breaks after a megabyte. */
function breaking(body: Readable): Readable {
  async function* chunks() {
    let length = 0;
    for await (const chunk of body) {
      yield chunk;
      length += chunk.length;
      if (length > 1_000_000) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
