import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { MapRunResultsError } from '../../../src/errors.ts';
import { type S3SinkOptions, s3Sink } from '../../../src/storage/s3-sink.ts';
import { failure } from '../../support/errors.ts';
import { deferred, idle } from '../../support/streams.ts';
import { s3Error, stubS3 } from '../../support/stub-s3.ts';

const MIB = 1024 ** 2;
const LOCATION = { bucket: 'b', key: 'k' };
const OPTIONS = { partSize: 5 * MIB, queueSize: 2, contentType: 'application/json', overwrite: true };
const DENIED = () => {
  throw s3Error('AccessDenied', 'Access Denied', 403);
};

describe('s3Sink', () => {
  let stop: AbortController;
  beforeEach(() => {
    stop = new AbortController();
    sinon.stub(Math, 'random').returns(0); // No pause between attempts.
  });
  afterEach(() => sinon.restore());

  const write = (s3: ReturnType<typeof stubS3>, document: Readable, options: Partial<S3SinkOptions> = {}) =>
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

  describe('when it cannot be told whether the object was made', () => {
    const lost = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

    for (const [what, mebibytes, Finishing] of [
      ['CompleteMultipartUpload', 12, CompleteMultipartUploadCommand],
      ['PutObject', 1, PutObjectCommand],
    ] as const) {
      const finishing = (answers: (() => unknown)[]) => {
        const s3 = stubS3();
        let asked = 0;
        s3.override((command) => (command instanceof Finishing ? answers[asked++]?.() : undefined));
        return { s3, asked: () => asked };
      };

      it(`recognises its own object when the answer to ${what} is lost`, async () => {
        const { s3 } = finishing([]);
        s3.loseAnswer((command) => command instanceof Finishing, lost());
        expect(await write(s3, source(mebibytes, 'ends'))).to.equal('"head"');
        expect(s3.object('k')).to.equal('x'.repeat(mebibytes * MIB));
        expect(s3.sent).to.not.include('AbortMultipartUpload');
      });

      it(`does not take another's object for its own when ${what} fails`, async () => {
        const { s3 } = finishing([]);
        s3.override((command) => {
          if (!(command instanceof Finishing)) return undefined;
          s3.store('k', 'of another', { 'map-run-results-run': 'another' });
          throw s3Error('AccessDenied', 'Access Denied', 403);
        });
        await failure('WriteFailed', () => write(s3, source(mebibytes, 'ends')));
        expect(s3.object('k')).to.equal('of another');
      });

      it(`asks for ${what} again where the answer had no ETag and no object is there`, async () => {
        const { s3, asked } = finishing([() => ({}), () => undefined]);
        expect(await write(s3, source(mebibytes, 'ends'))).to.match(/put|complete/);
        expect(asked()).to.equal(2);
      });

      it(`does not claim success where ${what} never has an ETag, nor ask for ever`, async () => {
        const { s3, asked } = finishing(Array.from({ length: 100 }, () => () => ({})));
        const error = await failure('WriteFailed', () => write(s3, source(mebibytes, 'ends')));
        expect(error.message).to.include('without an ETag');
        expect(asked()).to.equal(3);
        expect(s3.unfinishedUploads).to.have.property('size', 0);
      });

      it(`says so when it cannot find out after ${what}`, async () => {
        const { s3 } = finishing([
          () => {
            throw lost();
          },
        ]);
        s3.override((command) => (command instanceof HeadObjectCommand ? DENIED() : undefined));
        const error = await failure('WriteFailed', () => write(s3, source(mebibytes, 'ends')));
        expect(error.message).to.include('socket hang up').and.include('could not be found out');
      });
    }
  });

  describe('when nothing must be written over', () => {
    const options = { overwrite: false };

    it('asks S3 to see to it', async () => {
      for (const [mebibytes, Finishing] of [
        [1, PutObjectCommand],
        [12, CompleteMultipartUploadCommand],
      ] as const) {
        const s3 = stubS3();
        await write(s3, source(mebibytes, 'ends'), options);
        const command = s3.send.args
          .map(([command]) => command)
          .find((command) => command instanceof Finishing);
        expect(command).to.have.nested.property('input.IfNoneMatch', '*');
      }
    });

    it('refuses at once where something is', async () => {
      const s3 = stubS3([['k', 'old']]);
      const document = source(12, 'ends');
      const error = await failure('DestinationExists', () => write(s3, document, options));
      expect(error).to.include(LOCATION);
      expect(s3.sent).to.deep.equal(['HeadObject']);
      expect(document.destroyed).to.equal(true);
    });

    it('goes on where it must not look, and tells what came there meanwhile', async () => {
      const s3 = stubS3();
      s3.override((command) => {
        if (command instanceof HeadObjectCommand && !s3.sent.includes('CompleteMultipartUpload')) DENIED();
        if (!(command instanceof CompleteMultipartUploadCommand)) return undefined;
        s3.store('k', 'of another', {});
        throw s3Error(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
          412,
        );
      });
      const error = await failure('DestinationExists', () => write(s3, source(12, 'ends'), options));
      expect(error.message).to.include('s3://b/k').and.include('PreconditionFailed');
      expect(s3.object('k')).to.equal('of another');
      expect(s3.unfinishedUploads).to.have.property('size', 0);
    });

    it('tells a conflict, which a retry may find settled', async () => {
      const s3 = stubS3();
      s3.override((command) => {
        if (command instanceof CompleteMultipartUploadCommand)
          throw s3Error('ConditionalRequestConflict', 'Please retry', 409);
      });
      const error = await failure('DestinationConflict', () => write(s3, source(12, 'ends'), options));
      expect(error.message).to.include('ConditionalRequestConflict');
    });
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

  it('has nothing left where the upload is gone already', async () => {
    const s3 = stubS3();
    s3.override((command) => {
      if (command instanceof UploadPartCommand) DENIED();
      if (command instanceof AbortMultipartUploadCommand)
        throw s3Error('NoSuchUpload', 'The specified multipart upload does not exist.');
    });
    expect(await failure('WriteFailed', () => write(s3, source(12, 'stalls')))).to.not.have.property(
      'uploadId',
    );
  });

  it('does not wait for an abort that stalls', async () => {
    const s3 = stubS3();
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    s3.override((command, signal) => {
      if (command instanceof UploadPartCommand) DENIED();
      if (!(command instanceof AbortMultipartUploadCommand)) return undefined;
      const stalled = deferred();
      signal?.addEventListener('abort', () => stalled.reject(signal.reason));
      return stalled.promise;
    });
    const failing = failure('WriteFailed', () => write(s3, source(12, 'stalls')));
    await idle();
    await clock.tickAsync(5_000);
    expect(await failing).to.have.property('uploadId', 'upload');
  });

  it('cancels the other parts when one is refused', async () => {
    const s3 = stubS3();
    const underWay = deferred();
    s3.override(async (command, signal) => {
      if (!(command instanceof UploadPartCommand)) return undefined;
      if (command.input.PartNumber === 2) {
        await underWay.promise;
        return DENIED();
      }
      underWay.resolve();
      const stalled = deferred();
      signal?.addEventListener('abort', () => stalled.reject(new Error('cancelled')));
      return stalled.promise;
    });
    const error = await failure('WriteFailed', () => write(s3, source(12, 'stalls')));
    expect(error.message).to.include('AccessDenied');
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

  for (const [Unanswered, mebibytes] of [
    [CreateMultipartUploadCommand, 12],
    [CompleteMultipartUploadCommand, 12],
    [PutObjectCommand, 1],
  ] as const) {
    it(`waits no longer than some seconds for ${Unanswered.name} once the signal is aborted`, async () => {
      const s3 = stubS3();
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const asked = deferred();
      s3.override((command, signal) => {
        if (!(command instanceof Unanswered)) return undefined;
        asked.resolve();
        const never = deferred();
        signal?.addEventListener('abort', () => never.reject(new Error('cancelled')));
        return never.promise;
      });
      const writing = write(s3, source(mebibytes, 'ends')).catch((error: unknown) => error);
      await asked.promise;
      const reason = new MapRunResultsError('AbortError', 'aborted by the caller');
      stop.abort(reason);
      let settled = false;
      writing.then(() => (settled = true));
      await clock.tickAsync(2_999);
      expect(settled).to.equal(false);
      await clock.tickAsync(1);
      expect(await writing).to.equal(reason);
      expect(s3.unfinishedUploads).to.have.property('size', 0);
    });
  }

  it('tells of success where that comes in those seconds', async () => {
    const s3 = stubS3();
    const [asked, release] = [deferred(), deferred()];
    s3.override(async (command) => {
      if (!(command instanceof CompleteMultipartUploadCommand)) return undefined;
      asked.resolve();
      await release.promise;
      return undefined;
    });
    const writing = write(s3, source(12, 'ends'));
    await asked.promise;
    stop.abort(new MapRunResultsError('AbortError', 'aborted by the caller'));
    release.resolve();
    expect(await writing).to.equal('"complete"');
  });

  it('looks no longer whether something is there once the signal is aborted', async () => {
    const s3 = stubS3();
    s3.override((command, signal) => {
      if (!(command instanceof HeadObjectCommand)) return undefined;
      const never = deferred();
      signal?.addEventListener('abort', () => never.reject(new Error('cancelled')));
      return never.promise;
    });
    const writing = write(s3, source(1, 'ends'), { overwrite: false });
    const reason = new MapRunResultsError('AbortError', 'aborted by the caller');
    stop.abort(reason);
    expect(await writing.catch((error: unknown) => error)).to.equal(reason);
    expect(s3.sent).to.deep.equal(['HeadObject']);
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
