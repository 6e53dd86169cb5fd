import { S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { aggregate } from '../../src/aggregate.ts';
import { fileCheckRecord } from '../support/consignment.ts';
import { mapRun } from '../support/map-run.ts';
import { seeded } from '../support/random.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

describe('aggregate, over HTTP', () => {
  let s3: S3;
  let bucket: Bucket;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());
  beforeEach(async () => {
    bucket = await s3.bucket();
  });

  async function putRun(...counts: number[]) {
    const random = seeded(7);
    let index = 0;
    const files = counts.map((count) =>
      Array.from({ length: count }, () => fileCheckRecord(random, index++)),
    );
    const run = mapRun({
      bucket: bucket.name,
      succeeded: files.map((file) => file.map(({ record }) => record)),
      content: (records) => `[${records.join(',')}]`,
    });
    await bucket.putMapRun(run);
    return {
      manifest: { bucket: bucket.name, key: run.manifestKey },
      expected: `{"results":[${files
        .flat()
        .map(({ output }) => output)
        .join(',')}]}`,
    };
  }

  it('puts a small document', async () => {
    const { manifest, expected } = await putRun(3, 0, 2);
    const { key = '', etag } = await aggregate({ manifest, client: s3.client });
    expect(await bucket.get(key)).to.equal(expected);
    expect(etag).to.match(/^"[0-9a-f]{32}"$/);
  });

  it('uploads a large one in parts, byte for byte', async () => {
    const { manifest, expected } = await putRun(4300, 0, 4300, 4300, 1);
    expect(expected.length).to.be.above(2 * 5 * 1024 ** 2);
    const { key = '', etag, bytesWritten } = await aggregate({ manifest, client: s3.client });
    expect((await bucket.get(key)) === expected).to.equal(true);
    expect(etag).to.match(/^"[0-9a-f]{32}-3"$/);
    expect(bytesWritten).to.equal(Buffer.byteLength(expected));
    await bucket.deleteUnlessUploadsAreUnfinished();
  });

  for (const maxSockets of [1, 2, 3, 4]) {
    it(`does not lock itself out when its one client has ${maxSockets} sockets`, async () => {
      const { manifest, expected } = await putRun(...Array.from({ length: 12 }, () => 800));
      const client = new S3Client({ ...s3.config, requestHandler: { httpAgent: { maxSockets } } });
      const { key = '' } = await aggregate({ manifest, client, concurrency: 8 });
      client.destroy();
      expect((await bucket.get(key)) === expected).to.equal(true);
    });
  }

  it('takes keys with all that S3 allows in them', async () => {
    const key = 'a b/%20+é&=?#"\'<>/manifest.json';
    const file = 'a b/%20+é&=?#"\'<>/SUCCEEDED_0.json';
    await bucket.put(file, '[{"Output":"1"}]');
    await bucket.put(key, JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: file, Size: 16 }] } }));
    const output = { bucket: bucket.name, key: 'out/ü +%2F.json' };
    await aggregate({ manifest: `s3://${bucket.name}/${key}`, output, client: s3.client });
    expect(await bucket.get(output.key)).to.equal('{"results":[1]}');
  });
});
