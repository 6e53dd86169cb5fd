import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { type S3SourceOptions, s3Source } from '../../../src/storage/s3-source.ts';
import { failure } from '../../support/errors.ts';
import { collect, deferred, idle, text } from '../../support/streams.ts';
import { answer, s3Error, stubS3 } from '../../support/stub-s3.ts';

const LOCATION = { bucket: 'b', key: 'k' };
const OPTIONS: S3SourceOptions = { readAttempts: 3, stallTimeout: 30_000 };

/** A body that gives `chunks` and then fails, stalls or ends. */
function body(chunks: readonly string[], then: Error | 'stalls' | 'ends' = new Error('socket hang up')) {
  const left = chunks.map((chunk) => Buffer.from(chunk));
  return new Readable({
    read() {
      const chunk = left.shift();
      if (chunk) this.push(chunk);
      else if (then === 'ends') this.push(null);
      else if (then !== 'stalls') this.destroy(then);
    },
  });
}

describe('s3Source', () => {
  let resumptions: number;
  beforeEach(() => {
    resumptions = 0;
    sinon.stub(Math, 'random').returns(0); // No pause between attempts.
  });
  afterEach(() => sinon.restore());

  const open = (
    s3: ReturnType<typeof stubS3>,
    signal = new AbortController().signal,
    options: Partial<S3SourceOptions> = {},
  ) => s3Source(s3.client, { ...OPTIONS, ...options }, signal, () => resumptions++)(LOCATION, 'result file');

  /** Answers in this order; the last one for ever. */
  const answering = (...answers: ((input: GetObjectCommand['input']) => unknown)[]) => {
    const s3 = stubS3([['k', '0123456789']]);
    const inputs: GetObjectCommand['input'][] = [];
    s3.override((command) => {
      if (!(command instanceof GetObjectCommand)) return undefined;
      inputs.push(command.input);
      return answers[Math.min(inputs.length, answers.length) - 1]?.(command.input);
    });
    return { s3, inputs };
  };
  const asStored = () => undefined;
  const dying = (chunks: readonly string[], then?: Error | 'stalls' | 'ends') => () =>
    answer(body(chunks, then), { ContentLength: 10 });

  it('gives the bytes of the object, and asks for it only when they are wanted', async () => {
    const s3 = stubS3([['k', 'hello']]);
    const chunks = open(s3);
    expect(s3.sent).to.deep.equal([]);
    expect(await text(chunks)).to.equal('hello');
    expect(s3.sent).to.deep.equal(['GetObject']);
    expect(resumptions).to.equal(0);
  });

  it('gives away memory only of its own, not that of a stand-in for S3', async () => {
    const theirs = Buffer.from(new Uint8Array(Buffer.from('0123456789')).buffer);
    const { s3 } = answering(() => answer(Readable.from([theirs]), { ContentLength: 10 }));
    const [chunk] = await collect(open(s3));
    expect(chunk?.toString()).to.equal('0123456789');
    expect(chunk?.buffer).not.to.equal(theirs.buffer);
  });

  describe('when there is nothing to read', () => {
    it("says that there is none, in S3's words", async () => {
      const error = await failure('ResultFileNotFound', () => collect(open(stubS3())));
      expect(error.message)
        .to.include('s3://b/k')
        .and.include('NoSuchKey: The specified key does not exist.');
      expect(error).to.include(LOCATION);
      expect(error.cause).to.have.property('name', 'NoSuchKey');
    });

    it('tells a missing manifest from a missing result file', async () => {
      const read = s3Source(stubS3().client, OPTIONS, new AbortController().signal, () => {});
      await failure('ManifestNotFound', () => collect(read(LOCATION, 'manifest')));
    });

    it('says at once what will not be otherwise the next time', async () => {
      const { s3, inputs } = answering(() => {
        throw s3Error('AccessDenied', 'Access Denied', 403);
      });
      const error = await failure('ReadFailed', () => collect(open(s3)));
      expect(error.message).to.include('AccessDenied: Access Denied').and.include('s3://b/k');
      expect(error).to.include({ ...LOCATION, byteOffset: 0 });
      expect(inputs).to.have.length(1);
    });

    for (const missing of ['ContentLength', 'ETag']) {
      it(`refuses an answer without ${missing}, as it could not tell a part of the object from all of it`, async () => {
        const { s3 } = answering(() => answer('0123456789', { [missing]: undefined }));
        await failure('ReadFailed', () => collect(open(s3)));
      });
    }
  });

  describe('when a body breaks', () => {
    it('asks for the rest of the same object, from the next byte on', async () => {
      const { s3, inputs } = answering(dying(['012', '34']), asStored);
      expect(await text(open(s3))).to.equal('0123456789');
      expect(inputs[0]).to.not.have.any.keys('Range', 'IfMatch');
      expect(inputs[1]).to.include({ Range: 'bytes=5-', IfMatch: '"etag"' });
      expect(resumptions).to.equal(1);
    });

    it('asks for all of the same object again when not a byte had come', async () => {
      const { s3, inputs } = answering(dying([]), asStored);
      expect(await text(open(s3))).to.equal('0123456789');
      expect(inputs[1]).to.include({ IfMatch: '"etag"' }).and.not.have.property('Range');
    });

    it('takes a body that ends early for one that broke', async () => {
      const { s3, inputs } = answering(dying(['0123'], 'ends'), asStored);
      expect(await text(open(s3))).to.equal('0123456789');
      expect(inputs[1]).to.include({ Range: 'bytes=4-' });
    });

    it('gives up after readAttempts without a byte, and says where', async () => {
      const { s3, inputs } = answering(dying(['01234']), () => {
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      });
      const error = await failure('ReadFailed', () => collect(open(s3)));
      expect(error).to.include({ ...LOCATION, byteOffset: 5 });
      expect(error.message).to.include('at byte 5').and.include('3 attempts').and.include('ECONNREFUSED');
      expect(inputs).to.have.length(3);
    });

    it('counts anew after every byte', async () => {
      const one = ({ Range = 'bytes=0-' }) => {
        const from = Number(Range.slice(6, -1));
        const range = from === 0 ? {} : { ContentRange: `bytes ${from}-9/10` };
        return answer(body([String(from)]), { ContentLength: 10 - from, ...range });
      };
      const { s3, inputs } = answering(one);
      expect(await text(open(s3, undefined, { readAttempts: 2 }))).to.equal('0123456789');
      expect(inputs).to.have.length(10);
    });

    it('needs nothing more of a body that breaks behind its last byte', async () => {
      const { s3, inputs } = answering(dying(['0123456789']));
      expect(await text(open(s3))).to.equal('0123456789');
      expect(inputs).to.have.length(1);
    });

    it('says that the object is another one by now', async () => {
      const { s3 } = answering(dying(['01234']), () => {
        throw s3Error(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
          412,
        );
      });
      const error = await failure('ResultFileChanged', () => collect(open(s3)));
      expect(error).to.include({ ...LOCATION, byteOffset: 5 });
    });

    it('sees by itself that it is another one, where the store takes no notice of If-Match', async () => {
      const other = answer('56789', { ContentRange: 'bytes 5-9/10', ETag: '"other"' });
      const { s3, inputs } = answering(dying(['01234']), () => other);
      const error = await failure('ResultFileChanged', () => collect(open(s3)));
      expect(error).to.include({ ...LOCATION, byteOffset: 5 });
      expect(error.message).to.include('"other"');
      expect(inputs).to.have.length(2);
    });

    for (const [what, wrong] of Object.entries({
      'everything instead of the rest': answer('0123456789'),
      'another range': answer('456789', { ContentRange: 'bytes 4-9/10' }),
      'the rest of another length': answer('56789x', { ContentRange: 'bytes 5-10/11' }),
    })) {
      it(`refuses ${what}`, async () => {
        const { s3, inputs } = answering(dying(['01234']), () => wrong);
        const error = await failure('ReadFailed', () => collect(open(s3)));
        expect(error.message).to.include('asked for bytes 5-9/10');
        expect(inputs).to.have.length(2);
        expect(wrong.Body.destroyed).to.equal(true);
      });
    }

    it('refuses a body that is longer than announced', async () => {
      const { s3 } = answering(() => answer('0123456789', { ContentLength: 9 }));
      const error = await failure('ReadFailed', () => collect(open(s3)));
      expect(error.message).to.include('10 bytes instead of 9');
    });
  });

  describe('when nothing comes', () => {
    it('asks again once it has waited for stallTimeout', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const stalled = body(['012'], 'stalls');
      const { s3, inputs } = answering(() => answer(stalled, { ContentLength: 10 }), asStored);
      const reading = text(open(s3, undefined, { stallTimeout: 1_000 }));
      await idle();
      await clock.tickAsync(999);
      expect(inputs).to.have.length(1);
      await clock.tickAsync(2); // And the pause before another attempt.
      expect(await reading).to.equal('0123456789');
      expect(stalled.destroyed).to.equal(true);
      expect(inputs[1]).to.include({ Range: 'bytes=3-' });
    });

    it('asks again where not even an answer comes', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const s3 = stubS3([['k', '0123456789']]);
      let asked = 0;
      s3.override((_, signal) => {
        if (++asked > 1) return undefined;
        return new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      });
      const reading = text(open(s3, undefined, { stallTimeout: 1_000 }));
      await idle();
      await clock.tickAsync(1_001);
      expect(await reading).to.equal('0123456789');
    });

    it('counts only the time in which it waits', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { s3, inputs } = answering(() => answer(body(['01234', '56789'], 'ends'), { ContentLength: 10 }));
      const chunks = open(s3, undefined, { stallTimeout: 1_000 });
      await chunks.next();
      await clock.tickAsync(10_000);
      expect(String((await chunks.next()).value)).to.equal('56789');
      expect(await chunks.next()).to.have.property('done', true);
      expect(inputs).to.have.length(1);
    });
  });

  describe('where S3 has a checksum of the whole object', () => {
    const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('base64');
    /** Of 123456789, the input of every published check value. */
    const CHECKSUMS = {
      ChecksumCRC64NVME: Buffer.from('AE8B14860A799888', 'hex').toString('base64'),
      ChecksumCRC32: Buffer.from('CBF43926', 'hex').toString('base64'),
      ChecksumCRC32C: Buffer.from('E3069283', 'hex').toString('base64'),
      ChecksumSHA1: Buffer.from('F7C3BC1D808E04732ADF679965CCC34CA7AE3441', 'hex').toString('base64'),
      ChecksumSHA256: sha256('123456789'),
    };
    for (const [name, checksum] of Object.entries(CHECKSUMS)) {
      it(`compares ${name}`, async () => {
        const right = answering(() => answer('123456789', { [name]: checksum }));
        expect(await text(open(right.s3))).to.equal('123456789');
        const wrong = answering(() => answer('1234567x9', { [name]: checksum }));
        const error = await failure('ReadFailed', () => collect(open(wrong.s3)));
        expect(error).to.include({ ...LOCATION, byteOffset: 9 });
        expect(error.message).to.include(`instead of ${checksum}`);
        expect(wrong.inputs).to.have.length(1);
      });
    }

    it('compares it over all the answers that the object was read from', async () => {
      const first = (bytes: string) => () =>
        answer(body([bytes]), { ContentLength: 10, ChecksumSHA256: sha256('0123456789') });
      expect(await text(open(answering(first('01234'), asStored).s3))).to.equal('0123456789');
      await failure('ReadFailed', () => collect(open(answering(first('0123x'), asStored).s3)));
    });

    it('knows that one of checksums of parts is none of the bytes', async () => {
      for (const composite of [
        { ChecksumCRC32: 'abcdef==-3' },
        { ChecksumCRC32: 'abcdef==', ChecksumType: 'COMPOSITE' },
      ])
        expect(await text(open(answering(() => answer('0123456789', composite)).s3))).to.equal('0123456789');
    });
  });

  it('ends a body that stalls when the signal is aborted, with its reason', async () => {
    const stalled = body([], 'stalls');
    const stop = new AbortController();
    const reading = collect(open(stubS3([['k', () => stalled]]), stop.signal));
    await idle();
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await reading.catch((error: unknown) => error)).to.equal(reason);
    expect(stalled.destroyed).to.equal(true);
  });

  it('does not wait for another attempt once the signal is aborted', async () => {
    sinon.restore();
    sinon.stub(Math, 'random').returns(1);
    const stop = new AbortController();
    const asked = deferred();
    const { s3, inputs } = answering(() => {
      asked.resolve();
      throw s3Error('SlowDown', 'Please reduce your request rate.', 503);
    });
    const reading = collect(open(s3, stop.signal, { readAttempts: 100 })).catch((error: unknown) => error);
    await asked.promise;
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await reading).to.equal(reason);
    expect(inputs).to.have.length(1);
  });

  it('closes the body when it is given up', async () => {
    const unread = Readable.from([Buffer.from('1'), Buffer.from('2')]);
    for await (const _ of open(stubS3([['k', () => unread]]))) break;
    expect(unread.destroyed).to.equal(true);
  });
});
