import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { refusal, s3Calls } from '../support/s3-calls.ts';
import { optional } from '../support/s3-features.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const PRECONDITION_FAILED = { name: 'PreconditionFailed', status: 412 };
const MIN_PART = 5 * 1024 ** 2;
const HOUR = 3_600_000;
const KEY = 'folder/object';

type Page = Partial<ListMultipartUploadsCommandOutput>;

describe('what is relied on of an S3 store', () => {
  let s3: S3;
  let bucket: Bucket;
  let call: ReturnType<typeof s3Calls>;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());
  beforeEach(async () => {
    bucket = await s3.bucket();
    call = s3Calls(s3.client, bucket.name, KEY);
  });

  describe('of objects', () => {
    it('GetObject gives the bytes, with ContentLength and ETag', async () => {
      const { ETag } = await call.put('0123456789');
      const { Body, ...answer } = await call.get();
      expect(answer).to.include({ ContentLength: 10, ETag });
      expect(await Body?.transformToString()).to.equal('0123456789');
    });

    it('GetObject with Range and If-Match gives 206 and the rest', async () => {
      const { ETag } = await call.put('0123456789');
      const { Body, ...answer } = await call.get({ Range: 'bytes=4-', IfMatch: ETag });
      expect(answer.$metadata.httpStatusCode).to.equal(206);
      expect(answer).to.include({ ContentRange: 'bytes 4-9/10', ContentLength: 6, ETag });
      expect(await Body?.transformToString()).to.equal('456789');
    });

    it('GetObject with the If-Match of an object that was replaced gives 412', async () => {
      const { ETag } = await call.put('0123456789');
      await call.put('abcdefghij');
      const answer = await refusal(call.get({ Range: 'bytes=4-', IfMatch: ETag }));
      expect(answer).to.deep.equal(PRECONDITION_FAILED);
    });

    it('what is not there is NoSuchKey or NoSuchBucket, and 404', async () => {
      expect(await refusal(call.get())).to.deep.equal({ name: 'NoSuchKey', status: 404 });
      expect(await refusal(call.head())).to.include({ status: 404 });
      const elsewhere = call.get({ Bucket: `${bucket.name}-not` });
      expect(await refusal(elsewhere)).to.deep.equal({ name: 'NoSuchBucket', status: 404 });
    });

    it('PutObject gives the ETag that the object has from then on, and another one for other bytes', async () => {
      const { ETag: first } = await call.put('first');
      const { ETag: second } = await call.put('second');
      expect(first).to.match(/^".+"$/);
      expect(second)
        .to.match(/^".+"$/)
        .and.not.equal(first);
      expect(await call.head()).to.include({ ETag: second, ContentLength: 6 });
    });

    it('HeadObject gives the user-defined metadata and the type of PutObject', async () => {
      const facts = { ContentType: 'application/json', Metadata: { 'some-id': 'abc' } };
      await call.put('{}', facts);
      expect(await call.head()).to.deep.include(facts);
    });

    optional('content-encoding', 'ContentEncoding is kept, and the bytes as they are', async () => {
      await call.put('not in truth', { ContentEncoding: 'gzip' });
      const { Body, ContentEncoding } = await call.get();
      expect(ContentEncoding).to.equal('gzip');
      expect(await Body?.transformToString()).to.equal('not in truth');
    });

    optional('if-none-match', 'PutObject with If-None-Match: * gives 412 where an object is', async () => {
      await call.put('first', { IfNoneMatch: '*' });
      expect(await refusal(call.put('second', { IfNoneMatch: '*' }))).to.deep.equal(PRECONDITION_FAILED);
      expect(await bucket.get(KEY)).to.equal('first');
    });
  });

  describe('of multipart uploads', () => {
    it('parts of 5 MiB and a shorter last one, uploaded in any order, become one object', async () => {
      const bytes = Buffer.alloc(2 * MIN_PART + 1, 'abcdefg');
      const send = (n: number) => call.part(id, n, bytes.subarray((n - 1) * MIN_PART, n * MIN_PART));
      const facts = { ContentType: 'application/json', Metadata: { 'some-id': 'abc' } };
      const id = await call.begin(facts);
      const last = await send(3);
      const parts = [...(await Promise.all([send(1), send(2)])), last];
      for (const { ETag } of parts) expect(ETag).to.match(/^".+"$/);
      const { ETag } = await call.complete(id, parts);
      expect(ETag).to.match(/^".+"$/);
      expect(await call.head()).to.deep.include({ ...facts, ETag, ContentLength: bytes.length });
      expect((await bucket.get(KEY)) === bytes.toString()).to.equal(true);
    });

    it('a part that is sent again replaces the first of its number', async () => {
      const id = await call.begin();
      await call.part(id, 1, 'first');
      await call.complete(id, [await call.part(id, 1, 'second')]);
      expect(await bucket.get(KEY)).to.equal('second');
    });

    it('CompleteMultipartUpload, and nothing before it, replaces the object', async () => {
      await call.put('old');
      const id = await call.begin();
      const part = await call.part(id, 1, 'new');
      expect(await bucket.get(KEY)).to.equal('old');
      await call.complete(id, [part]);
      expect(await bucket.get(KEY)).to.equal('new');
    });

    it('after AbortMultipartUpload the upload can neither go on nor be completed', async () => {
      const id = await call.begin();
      const part = await call.part(id, 1, 'x');
      await call.abort(id);
      // Whatever the answer is: moto's server breaks.
      expect(await succeeds(call.part(id, 2, 'y'))).to.equal(false);
      expect(await succeeds(call.complete(id, [part]))).to.equal(false);
      expect(await bucket.keys()).to.deep.equal([]);
    });

    it('CompleteMultipartUpload with If-None-Match: * completes where no object is', async () => {
      const id = await call.begin();
      await call.complete(id, [await call.part(id, 1, 'x')], { IfNoneMatch: '*' });
      expect(await bucket.get(KEY)).to.equal('x');
    });

    optional('if-none-match', 'CompleteMultipartUpload with it gives 412 where an object is', async () => {
      const id = await call.begin();
      const part = await call.part(id, 1, 'new');
      await call.put('old');
      const answer = await refusal(call.complete(id, [part], { IfNoneMatch: '*' }));
      expect(answer).to.deep.equal(PRECONDITION_FAILED);
      expect(await bucket.get(KEY)).to.equal('old');
      await call.abort(id);
    });

    describe('that are not finished', () => {
      let begun: { key: string; id: string }[];
      beforeEach(async () => {
        const keys = [KEY, KEY, 'elsewhere'];
        begun = await Promise.all(keys.map(async (Key) => ({ key: Key, id: await call.begin({ Key }) })));
      });
      afterEach(async () => {
        for (const { id, key } of begun) await call.abort(id, key);
      });

      optional('list-uploads', 'ListMultipartUploads lists them, by prefix, and no others', async () => {
        const { Uploads = [] } = await call.listUploads({ Prefix: 'folder/' });
        expect(Uploads.map(({ Key }) => Key)).to.deep.equal([KEY, KEY]);
        expect(Uploads.map(({ UploadId }) => UploadId)).to.have.members([begun[0]?.id, begun[1]?.id]);
        const [first, second, third] = begun.splice(0).map(({ id }) => id) as [string, string, string];
        await call.complete(first, [await call.part(first, 1, 'x')]);
        await call.abort(second);
        await call.abort(third, 'elsewhere');
        expect((await call.listUploads()).Uploads ?? []).to.deep.equal([]);
      });

      optional('list-uploads-times', 'ListMultipartUploads says when they were begun', async () => {
        const { Uploads = [] } = await call.listUploads();
        expect(Uploads).to.have.length(begun.length);
        for (const { Initiated } of Uploads) expect(Number(Initiated)).to.be.closeTo(Date.now(), HOUR);
      });

      optional('list-uploads-pages', 'ListMultipartUploads goes on where a page ends', async () => {
        const listed: unknown[] = [];
        let page: Page = {};
        do {
          const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
          page = await call.listUploads({ MaxUploads: 1, KeyMarker, UploadIdMarker });
          listed.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
        } while (page.IsTruncated && listed.length < begun.length);
        expect(listed).to.have.members(begun.map(({ id }) => id));
        expect(page.IsTruncated ?? false).to.equal(false);
      });
    });
  });
});

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}
