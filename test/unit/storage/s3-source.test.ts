import { Readable } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import type { S3Options } from '../../../src/storage/s3-options.ts';
import { s3Source } from '../../../src/storage/s3-source.ts';
import { failure } from '../../support/errors.ts';
import { collect, idle, text } from '../../support/streams.ts';
import { s3Error, stubS3 } from '../../support/stub-s3.ts';

const LOCATION = { bucket: 'b', key: 'k' };

describe('s3Source', () => {
  afterEach(() => sinon.restore());

  const open = (
    s3: ReturnType<typeof stubS3>,
    signal = new AbortController().signal,
    options: S3Options = {},
  ) => s3Source(s3.client, options, signal)(LOCATION, 'result file');

  it('gives the bytes of the object, and asks for it only when they are wanted', async () => {
    const s3 = stubS3([['k', 'hello']]);
    const chunks = open(s3);
    expect(s3.sent).to.deep.equal([]);
    expect(await text(chunks)).to.equal('hello');
    expect(s3.sent).to.deep.equal(['GetObject']);
  });

  it("says that there is none, in S3's words", async () => {
    const error = await failure('ResultFileNotFound', () => collect(open(stubS3())));
    expect(error.message).to.include('s3://b/k').and.include('NoSuchKey: The specified key does not exist.');
    expect(error).to.include(LOCATION);
    expect(error.cause).to.have.property('name', 'NoSuchKey');
  });

  it('tells a missing manifest from a missing result file', async () => {
    const read = s3Source(stubS3().client, {}, new AbortController().signal);
    await failure('ManifestNotFound', () => collect(read(LOCATION, 'manifest')));
  });

  it('says what else went wrong', async () => {
    const s3 = stubS3();
    s3.override(() => {
      throw s3Error('AccessDenied', 'Access Denied', 403);
    });
    const error = await failure('ReadFailed', () => collect(open(s3)));
    expect(error.message).to.include('AccessDenied: Access Denied').and.include('s3://b/k');
    expect(error).to.include({ ...LOCATION, byteOffset: 0 });
  });

  it('says where a body broke', async () => {
    async function* body() {
      yield Buffer.from('12345');
      throw new Error('socket hang up');
    }
    const error = await failure('ReadFailed', () =>
      collect(open(stubS3([['k', () => Readable.from(body())]]))),
    );
    expect(error).to.include({ byteOffset: 5 });
    expect(error.message).to.include('at byte 5').and.include('socket hang up');
  });

  for (const body of ['1234', '123456']) {
    it(`refuses a body of ${body.length} bytes where 5 were announced`, async () => {
      const s3 = stubS3();
      s3.override(() => ({ Body: Readable.from([Buffer.from(body)]), ContentLength: 5 }));
      const error = await failure('ReadFailed', () => collect(open(s3)));
      expect(error.message).to.include(`${body.length} bytes instead of 5`);
    });
  }

  it('ends a body that stalls when the signal is aborted, with its reason', async () => {
    const body = new Readable({ read() {} });
    const stop = new AbortController();
    const reading = collect(open(stubS3([['k', () => body]]), stop.signal));
    await idle();
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await reading.catch((error: unknown) => error)).to.equal(reason);
    expect(body.destroyed).to.equal(true);
  });

  it('closes the body when it is given up', async () => {
    const body = Readable.from([Buffer.from('1'), Buffer.from('2')]);
    for await (const _ of open(stubS3([['k', () => body]]))) break;
    expect(body.destroyed).to.equal(true);
  });
});
