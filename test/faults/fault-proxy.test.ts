import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { type FaultProxy, first, nth, startFaultProxy } from '../support/fault-proxy.ts';
import * as faults from '../support/faults.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';
import { deferred } from '../support/streams.ts';

const TEXT = '0123456789';

describe('the fault proxy', () => {
  let s3: S3;
  let bucket: Bucket;
  let proxy: FaultProxy;
  let client: S3Client;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());
  beforeEach(async () => {
    bucket = await s3.bucket();
    await bucket.put('k', TEXT);
    proxy = await startFaultProxy(s3);
    client = new S3Client({ ...proxy.config, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await proxy.deserted();
    await proxy.stop();
  });

  const get = async (range?: string) => {
    const input = { Bucket: bucket.name, Key: 'k', ...(range !== undefined && { Range: range }) };
    return await client.send(new GetObjectCommand(input));
  };
  const text = async (range?: string) => (await (await get(range)).Body?.transformToString()) ?? '';
  const put = (IfNoneMatch?: '*') =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket.name,
        Key: 'k',
        Body: 'new',
        ...(IfNoneMatch && { IfNoneMatch }),
      }),
    );
  const failing = (work: Promise<unknown>): Promise<{ name: string; message: string }> =>
    work.then(
      () => expect.fail('it went well'),
      (error) => error,
    );
  /** What of the body arrives, and how it ends. */
  const received = async () => {
    const { Body, ContentLength } = await get();
    let bytes = '';
    try {
      for await (const chunk of Body as AsyncIterable<Buffer>) bytes += chunk;
      return { bytes, ContentLength, end: 'clean' };
    } catch (error) {
      return { bytes, ContentLength, end: (error as { code: string }).code };
    }
  };

  it('changes nothing by itself, and keeps account', async () => {
    expect(await text()).to.equal(TEXT);
    expect(await text('bytes=3-5')).to.equal('345');
    await put();
    expect(await bucket.get('k')).to.equal('new');
    expect(proxy.ledger.requests.map(({ operation }) => operation)).to.deep.equal([
      'GetObject',
      'GetObject',
      'PutObject',
    ]);
    expect(proxy.ledger.of('GetObject', 'k').map(({ range }) => range)).to.deep.equal([
      undefined,
      'bytes=3-5',
    ]);
    expect(proxy.ledger.sockets).to.deep.equal({ open: 1, most: 1 });
    expect(proxy.ledger.bytesSent).to.equal(TEXT.length + 3);
  });

  it('takes keys with all that S3 allows in them', async () => {
    const Key = 'a/../b c%20+é/./"<&>?#';
    await client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: 'x' }));
    expect(await bucket.get(Key)).to.equal('x');
    expect(proxy.ledger.of('PutObject', Key)).to.have.length(1);
  });

  it('applies a rule to the calls it is for, of the operation, key and part', async () => {
    await bucket.put('other', 'other');
    proxy.on({ operation: 'GetObject', key: 'other', calls: first(9) }, faults.refuse(500, 'InternalError'));
    proxy.on({ operation: 'GetObject', key: 'k', calls: nth(2) }, faults.refuse(403, 'AccessDenied'));
    expect(await text()).to.equal(TEXT);
    expect(await failing(text())).to.include({ name: 'AccessDenied' });
    expect(await text()).to.equal(TEXT);
  });

  for (let bytes = 0; bytes < TEXT.length; bytes++) {
    it(`breaks the connection after ${bytes} bytes of the body, which all arrive`, async () => {
      proxy.on({ operation: 'GetObject' }, faults.resetAfter(bytes));
      expect(await received()).to.deep.equal({
        bytes: TEXT.slice(0, bytes),
        ContentLength: TEXT.length,
        end: 'ECONNRESET',
      });
    });
  }

  it('breaks the connection before the server hears of the request, or loses its answer', async () => {
    proxy.on({ operation: 'PutObject', calls: nth(1) }, faults.resetUnheard);
    proxy.on({ operation: 'PutObject', calls: nth(2) }, faults.loseAnswer);
    expect(await failing(put())).to.include({ code: 'ECONNRESET' });
    expect(await bucket.get('k')).to.equal(TEXT);
    expect(await failing(put())).to.include({ code: 'ECONNRESET' });
    expect(await bucket.get('k')).to.equal('new');
  });

  it('stalls until it is released', async () => {
    const release = deferred();
    proxy.on({ operation: 'GetObject' }, faults.stallAfter(4, release.promise));
    const body = (await get()).Body as AsyncIterable<Buffer>;
    const chunks = body[Symbol.asyncIterator]();
    expect(`${(await chunks.next()).value}`).to.equal('0123');
    release.resolve();
    expect(`${(await chunks.next()).value}`).to.equal('456789');
  });

  it('stalls or keeps silent until the client goes away', async () => {
    proxy.on({ operation: 'GetObject' }, faults.stallAfter(4));
    const asked = deferred();
    proxy.on(
      { operation: 'PutObject' },
      faults.afterDoing(() => asked.resolve(), faults.keepSilent),
    );
    const body = (await get()).Body as AsyncIterable<Buffer>;
    for await (const chunk of body) {
      expect(`${chunk}`).to.equal('0123');
      break;
    }
    const putting = failing(put());
    await asked.promise;
    client.destroy();
    await putting;
    await proxy.quiet();
  });

  it('ends a body cleanly, but too early', async () => {
    proxy.on({ operation: 'GetObject', calls: nth(1) }, faults.endAfter(4, 'nothing'));
    proxy.on({ operation: 'GetObject', calls: nth(2) }, faults.endAfter(4, 'that'));
    proxy.on({ operation: 'GetObject', calls: nth(3) }, faults.endAfter(4, 'all'));
    const bytes = '0123';
    expect(await received()).to.deep.equal({ bytes, ContentLength: undefined, end: 'clean' });
    expect(await received()).to.deep.equal({ bytes, ContentLength: 4, end: 'clean' });
    expect(await received()).to.deep.equal({ bytes, ContentLength: 10, end: 'ECONNRESET' });
  });

  it('changes a byte, which a checksum catches', async () => {
    proxy.on({ operation: 'GetObject', calls: nth(1) }, faults.edited(faults.flipByte(3)));
    proxy.on({ operation: 'GetObject', calls: nth(2) }, faults.edited(faults.withChecksum));
    proxy.on(
      { operation: 'GetObject', calls: nth(3) },
      faults.edited(faults.withChecksum, faults.edited(faults.flipByte(3))),
    );
    expect(await text()).to.equal('0122456789');
    expect(await text()).to.equal(TEXT);
    expect((await failing(text())).message).to.include('Checksum mismatch');
  });

  it('ignores a range', async () => {
    proxy.on({ operation: 'GetObject' }, faults.ignoreRange);
    const answer = await get('bytes=3-');
    expect(answer).to.include({ ContentLength: 10 }).and.not.have.property('ContentRange');
    expect(await answer.Body?.transformToString()).to.equal(TEXT);
  });

  it('runs a hook when a request arrives, or has been done, and waits for it', async () => {
    proxy.on(
      { operation: 'GetObject' },
      faults.afterDoing(() => bucket.put('k', 'changed')),
    );
    expect(await text()).to.equal('changed');
    proxy.on(
      { operation: 'PutObject' },
      faults.beforeAnswering(async () => expect(await bucket.get('k')).to.equal('new')),
    );
    await put();
  });

  it('refuses a conditional write where there is an object already', async () => {
    expect(await failing(put('*'))).to.include({ name: 'PreconditionFailed' });
    await bucket.remove('k');
    await put('*');
    expect(await bucket.get('k')).to.equal('new');
  });

  describe('with multipart uploads', () => {
    const target = () => ({ Bucket: bucket.name, Key: 'm/ü' });
    const create = async () => {
      const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(target()));
      return { ...target(), UploadId };
    };
    const list = async (Prefix: string) => {
      const { Uploads = [] } = await client.send(
        new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix, EncodingType: 'url' }),
      );
      return Uploads.map(({ Key = '', UploadId }) => ({ Key: decodeURIComponent(Key), UploadId }));
    };

    it('knows which are unfinished, by what the server did, and lists them', async () => {
      const [one, two] = [await create(), await create()];
      const uploading = new UploadPartCommand({ ...one, PartNumber: 1, Body: 'part' });
      const { ETag } = await client.send(uploading);
      expect(proxy.ledger.of('UploadPart')[0]).to.include({ key: 'm/ü', partNumber: 1 });
      expect(proxy.ledger.unfinishedUploads.map(({ id }) => id)).to.deep.equal([one.UploadId, two.UploadId]);
      expect(await list('m/')).to.deep.equal([one, two].map(({ Key, UploadId }) => ({ Key, UploadId })));
      expect(await list('n')).to.deep.equal([]);

      const parts = { MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
      const completing = () => client.send(new CompleteMultipartUploadCommand({ ...one, ...parts }));
      proxy.on({ operation: 'CompleteMultipartUpload', calls: nth(1) }, faults.failLate('InternalError'));
      proxy.on({ operation: 'CompleteMultipartUpload', calls: nth(2) }, faults.loseAnswer);
      expect(await failing(completing())).to.include({ name: 'InternalError' });
      expect(proxy.ledger.unfinishedUploads).to.have.length(2);
      expect(await failing(completing())).to.include({ code: 'ECONNRESET' });
      expect(proxy.ledger.unfinishedUploads.map(({ id }) => id)).to.deep.equal([two.UploadId]);
      expect(await bucket.get('m/ü')).to.equal('part');

      proxy.on({ operation: 'AbortMultipartUpload', calls: nth(1) }, faults.refuse(403, 'AccessDenied'));
      const aborting = () => client.send(new AbortMultipartUploadCommand(two));
      expect(await failing(aborting())).to.include({ name: 'AccessDenied' });
      expect(proxy.ledger.unfinishedUploads).to.have.length(1);
      await aborting();
      expect(proxy.ledger.unfinishedUploads).to.have.length(0);
      expect(await failing(client.send(new ListPartsCommand(two)))).to.include({ name: 'NoSuchUpload' });
      expect([...proxy.ledger.uploads.values()].map(({ state }) => state)).to.deep.equal([
        'completed',
        'aborted',
      ]);
      await bucket.deleteUnlessUploadsAreUnfinished();
    });

    it('applies a rule to one part', async () => {
      const upload = await create();
      proxy.on({ operation: 'UploadPart', part: 2 }, faults.refuse(403, 'AccessDenied'));
      const part = (PartNumber: number) =>
        client.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'x' }));
      await part(1);
      expect(await failing(part(2))).to.include({ name: 'AccessDenied' });
    });
  });
});
