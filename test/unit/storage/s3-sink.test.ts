import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { MapRunResultsError } from '../../../src/errors.ts';
import type { S3Options } from '../../../src/storage/s3-options.ts';
import { s3Sink } from '../../../src/storage/s3-sink.ts';
import { failure } from '../../support/errors.ts';
import { deferred, idle } from '../../support/streams.ts';
import { s3Error, stubS3 } from '../../support/stub-s3.ts';

const MIB = 1024 ** 2;
const LOCATION = { bucket: 'b', key: 'k' };
const OPTIONS = { partSize: 5 * MIB, queueSize: 2, contentType: 'application/json' };
const DENIED = () => {
  throw s3Error('AccessDenied', 'Access Denied', 403);
};

describe('s3Sink', () => {
  afterEach(() => sinon.restore());

  let stop: AbortController;
  beforeEach(() => {
    stop = new AbortController();
  });

  const write = (s3: ReturnType<typeof stubS3>, document: Readable, options: S3Options = {}) =>
    s3Sink(s3.client, LOCATION, { ...OPTIONS, ...options }, stop.signal)(document);

  /** `mebibytes` of data, then nothing more and no end, or an error, or the end. */
  const source = (mebibytes: number, then: 'stalls' | 'ends' | Error) =>
    Readable.from(
      (async function* () {
        for (let i = 0; i < mebibytes; i++) yield Buffer.alloc(MIB, 'x');
        if (then === 'stalls') await new Promise(() => {});
        if (!(then instanceof Error)) return;
        stop.abort(then);
        throw then;
      })(),
      { objectMode: false },
    );

  it('puts a small document, as JSON', async () => {
    const s3 = stubS3();
    expect(await write(s3, Readable.from(['{"results":[]}'], { objectMode: false }))).to.equal('"put"');
    expect(s3.object('k')).to.equal('{"results":[]}');
    expect(s3.sent).to.deep.equal(['PutObject']);
    expect(s3.send.firstCall.args[0])
      .to.be.an.instanceOf(PutObjectCommand)
      .and.have.nested.property('input.ContentType', 'application/json');
  });

  it('uploads a large one in parts', async () => {
    const s3 = stubS3();
    expect(await write(s3, source(12, 'ends'))).to.equal('"complete"');
    expect(s3.object('k')).to.equal('x'.repeat(12 * MIB));
    expect(s3.sent.filter((name) => name === 'UploadPart')).to.have.length(3);
  });

  it('passes on an error of the document itself, and aborts', async () => {
    const s3 = stubS3();
    const reason = new MapRunResultsError('ResultFileMalformed', 'bad');
    expect(await write(s3, source(12, reason)).catch((error: unknown) => error)).to.equal(reason);
    expect(s3.sent.at(-1)).to.equal('AbortMultipartUpload');
    expect(s3.object('k')).to.equal(undefined);
  });

  it('puts nothing when a small document fails', async () => {
    const s3 = stubS3();
    await write(s3, source(1, new Error('bad'))).catch(() => {});
    expect(s3.sent).to.deep.equal([]);
  });

  for (const then of ['stalls', 'ends'] as const) {
    it(`aborts and settles when a part is refused while the document ${then}`, async () => {
      const s3 = stubS3();
      s3.override((command) => (command instanceof UploadPartCommand ? DENIED() : undefined));
      const document = source(12, then);
      const error = await failure('WriteFailed', () => write(s3, document));
      expect(error.message).to.include('s3://b/k').and.include('AccessDenied: Access Denied');
      expect(error).to.include(LOCATION);
      expect(s3.unfinishedUploads).to.have.property('size', 0);
      expect(document.destroyed).to.equal(true);
    });
  }

  for (const Refused of [CreateMultipartUploadCommand, CompleteMultipartUploadCommand]) {
    it(`aborts what there is when ${Refused.name} is refused`, async () => {
      const s3 = stubS3();
      s3.override((command) => (command instanceof Refused ? DENIED() : undefined));
      const error = await failure('WriteFailed', () => write(s3, source(12, 'ends')));
      expect(error.message).to.include('AccessDenied');
      expect(s3.unfinishedUploads).to.have.property('size', 0);
    });
  }

  it('does not claim success without an ETag', async () => {
    const s3 = stubS3();
    s3.override((command) => (command instanceof PutObjectCommand ? {} : undefined));
    const error = await failure('WriteFailed', () => write(s3, source(1, 'ends')));
    expect(error.message).to.include('without an ETag');
  });

  it('throws the first error, and says which upload is left, when the abort is refused as well', async () => {
    const s3 = stubS3();
    s3.override((command) => {
      if (command instanceof UploadPartCommand)
        throw s3Error('SlowDown', 'Please reduce your request rate.', 503);
      if (command instanceof AbortMultipartUploadCommand) DENIED();
    });
    const error = await failure('WriteFailed', () => write(s3, source(12, 'stalls')));
    expect(error.message).to.include('SlowDown').and.include('AccessDenied').and.include('upload');
    expect(error).to.include({ ...LOCATION, uploadId: 'upload' });
    expect(error.cause).to.have.property('name', 'SlowDown');
  });

  it('keeps the name of the error that led to an abort which is refused', async () => {
    const s3 = stubS3();
    s3.override((command) => (command instanceof AbortMultipartUploadCommand ? DENIED() : undefined));
    const error = await failure('ResultFileMalformed', () =>
      write(s3, source(12, new MapRunResultsError('ResultFileMalformed', 'bad'))),
    );
    expect(error).to.include({ uploadId: 'upload' });
  });

  it('cancels the parts under way when the signal is aborted, and aborts the upload', async () => {
    const s3 = stubS3();
    const underWay = deferred();
    s3.override((command, signal) => {
      if (!(command instanceof UploadPartCommand)) return undefined;
      underWay.resolve();
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('cancelled'))),
      );
    });
    const writing = write(s3, source(12, 'stalls'));
    await underWay.promise;
    const reason = new MapRunResultsError('AbortError', 'aborted by the caller');
    stop.abort(reason);
    expect(await writing.catch((error: unknown) => error)).to.equal(reason);
    expect(s3.sent.at(-1)).to.equal('AbortMultipartUpload');
  });

  it('does not complete an upload once the signal is aborted', async () => {
    const s3 = stubS3();
    const release = deferred();
    s3.override(async (command) => {
      if (!(command instanceof UploadPartCommand)) return undefined;
      await release.promise; // This store does not notice that the part is cancelled.
      return { ETag: '"1"' };
    });
    const writing = write(s3, source(12, 'ends')).catch((error: unknown) => error);
    await idle();
    const reason = new MapRunResultsError('AbortError', 'aborted by the caller');
    stop.abort(reason);
    release.resolve();
    expect(await writing).to.equal(reason);
    expect(s3.sent).to.include('AbortMultipartUpload').and.not.include('CompleteMultipartUpload');
  });
});
