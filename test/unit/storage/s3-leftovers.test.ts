import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { s3Leftovers } from '../../../src/storage/s3-leftovers.ts';
import { failure } from '../../support/errors.ts';
import { s3Error } from '../../support/stub-s3.ts';
import { type StubUpload, stubUploads } from '../../support/stub-uploads.ts';

/** Answers in place of one kind of request. */
const instead = (Command: new (...args: never[]) => object, answer: () => unknown) => (command: unknown) =>
  command instanceof Command ? answer() : undefined;
const DENIED = () => {
  throw s3Error('AccessDenied', 'Access Denied', 403);
};

describe('s3Leftovers', () => {
  afterEach(() => sinon.restore());

  const find = (s3: ReturnType<typeof stubUploads>, prefix = '', options = {}, signal?: AbortSignal) =>
    s3Leftovers(s3.client, { bucket: 'bucket', prefix }, options, signal ?? new AbortController().signal)();
  const upload = (key: string, uploadId = `of ${key}`): StubUpload => ({ key, uploadId });

  /** The only one found. */
  async function only(s3: ReturnType<typeof stubUploads>) {
    const [found, ...others] = await find(s3);
    if (!found || others.length > 0) throw new Error('there must be one');
    return found;
  }

  describe('listing', () => {
    it('finds what there is under the prefix, and since when', async () => {
      const initiated = new Date('2024-05-06T07:08:09Z');
      const s3 = stubUploads([upload('a/1'), { ...upload('b/1'), initiated }]);
      const [found, ...others] = await find(s3, 'b/');
      expect(others).to.deep.equal([]);
      expect(found).to.deep.include({
        leftover: { bucket: 'bucket', key: 'b/1', uploadId: 'of b/1', initiated },
        since: initiated,
      });
    });

    for (const pageSize of [1, 2, 3, 4, 5]) {
      it(`goes through all pages, of ${pageSize} each`, async () => {
        const uploads = [upload('a', '1'), upload('a', '2'), upload('a b', '3'), upload('c', '4')];
        const s3 = stubUploads(uploads, { pageSize });
        const ids = (await find(s3)).map(({ leftover }) => 'uploadId' in leftover && leftover.uploadId);
        expect(ids).to.deep.equal(['1', '2', '3', '4']);
        expect(s3.listed).to.have.length(Math.ceil(4 / pageSize));
      });
    }

    it('knows keys that XML cannot hold', async () => {
      const keys = ['\x01\x1b', 'a+b c%20d', 'é/漢/😀'];
      const found = await find(stubUploads(keys.map((key) => upload(key))));
      expect(found.map(({ leftover }) => 'key' in leftover && leftover.key)).to.deep.equal(keys);
    });

    it('takes keys as they are where the store does not encode them', async () => {
      const answer = { Uploads: [{ Key: 'a+b%20c', UploadId: '1', Initiated: new Date(0) }] };
      const s3 = stubUploads([], { override: instead(ListMultipartUploadsCommand, () => answer) });
      expect(await find(s3)).to.have.nested.property('[0].leftover.key', 'a+b%20c');
    });

    it('takes nothing beyond the prefix, even from a store that does not heed it', async () => {
      const answer = { Uploads: ['p/1', 'q/1'].map((Key) => ({ Key, UploadId: Key })) };
      const s3 = stubUploads([], { override: instead(ListMultipartUploadsCommand, () => answer) });
      const found = await find(s3, 'p/');
      expect(found.map(({ leftover }) => 'key' in leftover && leftover.key)).to.deep.equal(['p/1']);
    });

    it('asks as the options say', async () => {
      const s3 = stubUploads([]);
      await find(s3, 'p', { expectedBucketOwner: '123456789012', requestPayer: true });
      expect(s3.listed).to.deep.equal([
        {
          Bucket: 'bucket',
          Prefix: 'p',
          EncodingType: 'url',
          ExpectedBucketOwner: '123456789012',
          RequestPayer: 'requester',
        },
      ]);
    });

    const answers: [string, () => unknown, words: string][] = [
      ['when it is refused', DENIED, 'AccessDenied: Access Denied'],
      [
        'of a list that never ends',
        () => ({ IsTruncated: true, NextKeyMarker: 'k' }),
        'goes round in circles',
      ],
      ['of an upload without an id', () => ({ Uploads: [{ Key: 'k' }] }), 'without an address'],
    ];
    for (const [when, answer, words] of answers) {
      it(`says so ${when}`, async () => {
        const s3 = stubUploads([], { override: instead(ListMultipartUploadsCommand, answer) });
        const error = await failure('ReadFailed', () => find(s3, 'p'));
        expect(error.message).to.include(words);
        expect(error).to.include({ bucket: 'bucket' });
      });
    }
  });

  describe('removing', () => {
    it('aborts the upload, and looks whether it is gone', async () => {
      const s3 = stubUploads([upload('k', '1'), upload('k', '2')]);
      const [first] = await find(s3, '', { requestPayer: true });
      expect(await first?.remove()).to.equal(true);
      expect(s3.left()).to.deep.equal(['2']);
      expect(s3.sent).to.deep.equal(['ListMultipartUploads', 'AbortMultipartUpload', 'ListParts']);
      for (const call of [1, 2])
        expect(s3.send.getCall(call).args[0].input).to.include({
          Bucket: 'bucket',
          Key: 'k',
          UploadId: '1',
          RequestPayer: 'requester',
        });
    });

    it('aborts again while parts come in', async () => {
      const s3 = stubUploads([{ ...upload('k'), outlives: 3 }]);
      expect(await (await only(s3)).remove()).to.equal(true);
      expect(s3.left()).to.deep.equal([]);
      expect(s3.sent.filter((name) => name === 'AbortMultipartUpload')).to.have.length(4);
    });

    it('does not do so for ever', async () => {
      const s3 = stubUploads([{ ...upload('k', '1'), outlives: Number.POSITIVE_INFINITY }]);
      const { remove } = await only(s3);
      const error = await failure('WriteFailed', remove);
      expect(error.message).to.equal(
        'aborting upload 1 to s3://bucket/k failed: Error: parts of it still come in after 5 aborts',
      );
      expect(error).to.include({ bucket: 'bucket', key: 'k', uploadId: '1' });
    });

    it('is content with an upload that is there but has no parts', async () => {
      const s3 = stubUploads([upload('k')], { override: instead(ListPartsCommand, () => ({ Parts: [] })) });
      expect(await (await only(s3)).remove()).to.equal(true);
    });

    it('tells when it was gone already', async () => {
      const s3 = stubUploads([upload('k')]);
      const { remove } = await only(s3);
      await remove();
      expect(await remove()).to.equal(false);
    });

    for (const Refused of [AbortMultipartUploadCommand, ListPartsCommand]) {
      it(`says what failed when ${Refused.name} is refused`, async () => {
        const s3 = stubUploads([upload('k', '1')], { override: instead(Refused, DENIED) });
        const { remove } = await only(s3);
        const error = await failure('WriteFailed', remove);
        expect(error.message).to.include('upload 1 to s3://bucket/k').and.include('AccessDenied');
        expect(error.cause).to.have.property('name', 'AccessDenied');
      });
    }
  });

  it('throws the reason of the signal once it is aborted', async () => {
    const reason = new Error('enough');
    const stop = new AbortController();
    const s3 = stubUploads([upload('k')]);
    const [found] = await find(s3, '', {}, stop.signal);
    stop.abort(reason);
    const remove = found?.remove ?? (() => undefined);
    for (const call of [() => find(s3, '', {}, stop.signal), remove])
      expect(await Promise.resolve(call()).catch((error: unknown) => error)).to.equal(reason);
    expect(s3.left()).to.deep.equal(['of k']);
  });
});
