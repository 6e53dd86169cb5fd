import { S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { runWith } from '../support/command-line.ts';
import { s3Calls } from '../support/s3-calls.ts';
import { optional } from '../support/s3-features.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const KEYS = ['out/document.json', 'out/ü +%2F&<"\'>.json'];
const ELSEWHERE = 'other/out/document.json';

describe('cleanup, of a store', () => {
  let s3: S3;
  let bucket: Bucket;
  let uploads: { key: string; uploadId: string }[];
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  beforeEach(async () => {
    bucket = await s3.bucket();
    await bucket.put(KEYS[0] ?? '', 'finished');
    uploads = [];
    for (const key of [...KEYS, ELSEWHERE]) {
      const call = s3Calls(s3.client, bucket.name, key);
      const uploadId = await call.begin();
      await call.part(uploadId, 1, 'unfinished');
      uploads.push({ key, uploadId });
    }
  });
  afterEach(async () => {
    for (const { key, uploadId } of await bucket.unfinishedUploads())
      await s3Calls(s3.client, bucket.name, key).abort(uploadId);
  });

  async function cleanup(...flags: string[]): Promise<string> {
    const argv = ['cleanup', `s3://${bucket.name}/out/`, ...flags];
    const { code, out, err } = await runWith(argv, { client: new S3Client(s3.config) });
    expect(code, err).to.equal(0);
    return out;
  }

  it('says what is unfinished below a prefix, and with --dry-run leaves it there', async () => {
    const printed = await cleanup('--older-than', '0s', '--dry-run');
    for (const { key, uploadId } of uploads)
      expect(printed.includes(`${key}, upload ${uploadId}`)).to.equal(key !== ELSEWHERE);
    expect(await bucket.unfinishedUploads()).to.have.deep.members(uploads);
  });

  it('removes it, and neither objects nor what is elsewhere', async () => {
    const printed = await cleanup('--older-than', '0s');
    for (const { uploadId } of uploads.slice(0, 2)) expect(printed).to.include(uploadId);
    expect(await bucket.unfinishedUploads()).to.deep.equal(uploads.slice(2));
    expect(await bucket.keys()).to.deep.equal(KEYS.slice(0, 1));
    expect(await cleanup('--older-than', '0s')).to.include('0 leftovers removed');
  });

  optional('list-uploads-times', 'leaves alone what is younger than it is told, or than a day', async () => {
    expect(await cleanup('--older-than', '1h')).to.include('0 leftovers removed; 2 younger ones left alone');
    expect(await cleanup()).to.include('0 leftovers removed; 2 younger ones left alone');
    expect(await bucket.unfinishedUploads()).to.have.deep.members(uploads);
  });
});
