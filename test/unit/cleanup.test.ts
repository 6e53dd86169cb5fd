import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { type CleanupOptions, cleanup } from '../../src/cleanup.ts';
import type { Leftover } from '../../src/storage/leftovers.ts';
import { partialOf } from '../../src/storage/partial.ts';
import { failure } from '../support/errors.ts';
import { s3Error } from '../support/stub-s3.ts';
import { stubUploads } from '../support/stub-uploads.ts';

const NOW = Date.parse('2024-05-06T12:00:00Z');
const HOUR = 3_600_000;

describe('cleanup', () => {
  beforeEach(() => {
    sinon.useFakeTimers({ now: NOW, toFake: ['Date'] });
  });
  afterEach(() => sinon.restore());

  const upload = (uploadId: string, hours: number) => ({
    key: `p/${uploadId}`,
    uploadId,
    initiated: new Date(NOW - hours * HOUR),
  });
  const ids = (leftovers: readonly Leftover[]) =>
    leftovers.map((leftover) => ('uploadId' in leftover ? leftover.uploadId : leftover.path));

  /** Answers an abort of these uploads with an error. */
  const refusing =
    (...refused: string[]) =>
    (command: unknown) => {
      if (!(command instanceof AbortMultipartUploadCommand)) return undefined;
      if (refused.includes(command.input.UploadId ?? '')) throw s3Error('AccessDenied', 'Access Denied', 403);
      return undefined;
    };

  it('removes unfinished uploads that are older than a day, and reports them', async () => {
    const s3 = stubUploads([upload('old', 24.1), upload('young', 24), upload('older', 1000)]);
    const report = await cleanup({ where: 's3://bucket/p/', client: s3.client });
    expect(report).to.deep.equal({
      leftovers: [
        { bucket: 'bucket', key: 'p/old', uploadId: 'old', initiated: new Date(NOW - 24.1 * HOUR) },
        { bucket: 'bucket', key: 'p/older', uploadId: 'older', initiated: new Date(NOW - 1000 * HOUR) },
      ],
      younger: 1,
    });
    expect(s3.left()).to.deep.equal(['young']);
  });

  it('removes those that are as old as is asked for', async () => {
    const s3 = stubUploads([upload('a', 3), upload('b', 1)]);
    const { leftovers } = await cleanup({ where: 's3://bucket', client: s3.client, olderThan: 2 * HOUR });
    expect(ids(leftovers)).to.deep.equal(['a']);
  });

  it('removes all where no age is asked for, whatever the clocks say', async () => {
    const s3 = stubUploads([upload('future', -1), upload('now', 0)]);
    const { leftovers } = await cleanup({ where: 's3://bucket', client: s3.client, olderThan: 0 });
    expect(ids(leftovers)).to.deep.equal(['future', 'now']);
    expect(s3.left()).to.deep.equal([]);
  });

  it('leaves one alone of which the store does not say when it was begun', async () => {
    const { initiated: _, ...ageless } = upload('ageless', 0);
    const s3 = stubUploads([], {
      override: (command) =>
        command instanceof AbortMultipartUploadCommand
          ? undefined
          : { Uploads: [{ Key: ageless.key, UploadId: ageless.uploadId }] },
    });
    expect(await cleanup({ where: 's3://bucket', client: s3.client })).to.deep.equal({
      leftovers: [],
      younger: 1,
    });
  });

  it('removes nothing, but reports the same, where that is asked for', async () => {
    const s3 = stubUploads([upload('a', 48), upload('b', 1)]);
    const seen: Leftover[] = [];
    const report = await cleanup({
      where: { bucket: 'bucket', prefix: 'p' },
      client: s3.client,
      dryRun: true,
      onLeftover: (leftover) => seen.push(leftover),
    });
    expect(ids(report.leftovers)).to.deep.equal(['a']);
    expect(seen).to.deep.equal(report.leftovers);
    expect(s3.sent).to.deep.equal(['ListMultipartUploads']);
  });

  it('does not report what others removed meanwhile', async () => {
    const s3 = stubUploads([upload('a', 48), upload('b', 48)], {
      override: (command) => {
        if (command instanceof AbortMultipartUploadCommand && command.input.UploadId === 'a')
          throw s3Error('NoSuchUpload', 'The specified upload does not exist.');
        return undefined;
      },
    });
    const { leftovers } = await cleanup({ where: 's3://bucket', client: s3.client });
    expect(ids(leftovers)).to.deep.equal(['b']);
  });

  it('fails at the end, naming those that could not be removed, once the others are', async () => {
    const s3 = stubUploads(
      ['a', 'b', 'c', 'd'].map((id) => upload(id, 48)),
      { override: refusing('a', 'c') },
    );
    const seen: Leftover[] = [];
    const error = await failure('CleanupFailed', () =>
      cleanup({ where: 's3://bucket', client: s3.client, onLeftover: (leftover) => seen.push(leftover) }),
    );
    expect(error.message)
      .to.match(/^2 of 4 leftovers could not be removed: /)
      .and.include('upload a to s3://bucket/p/a failed: AccessDenied')
      .and.include('upload c to s3://bucket/p/c failed: AccessDenied');
    expect(error).to.include({ bucket: 'bucket', key: 'p/a', uploadId: 'a' }).and.not.have.property('path');
    expect(error.cause).to.have.property('errors').with.length(2);
    expect(s3.left()).to.deep.equal(['a', 'c']);
    expect(ids(seen)).to.deep.equal(['b', 'd']);
  });

  it('does not name hundreds', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `id${index}`);
    const s3 = stubUploads(
      names.map((id) => upload(id, 48)),
      { override: refusing(...names) },
    );
    const error = await failure('CleanupFailed', () => cleanup({ where: 's3://bucket', client: s3.client }));
    expect(error.message).to.include('upload id9 to').and.not.include('upload id10 to');
    expect(error.message).to.match(/; and 2 more$/);
  });

  for (const dryRun of [false, true]) {
    it(`gives up when the signal is aborted${dryRun ? ' in a dry run' : ', and removes no more'}`, async () => {
      const stop = new AbortController();
      const s3 = stubUploads([upload('a', 48), upload('b', 48)]);
      const onLeftover = sinon.spy(() => stop.abort('enough'));
      const error = await failure('AbortError', () =>
        cleanup({ where: 's3://bucket', client: s3.client, signal: stop.signal, dryRun, onLeftover }),
      );
      expect(error.cause).to.equal('enough');
      sinon.assert.calledOnce(onLeftover);
      expect(s3.left()).to.deep.equal(dryRun ? ['a', 'b'] : ['b']);
    });
  }

  it('gives up while it removes one', async () => {
    const stop = new AbortController();
    const s3 = stubUploads([upload('a', 48)], {
      override: (command) => {
        if (!(command instanceof AbortMultipartUploadCommand)) return undefined;
        stop.abort();
        throw new Error('cancelled');
      },
    });
    await failure('AbortError', () =>
      cleanup({ where: 's3://bucket', client: s3.client, signal: stop.signal }),
    );
    expect(s3.left()).to.deep.equal(['a']);
  });

  it('passes on what onLeftover throws', async () => {
    const s3 = stubUploads([upload('a', 48)]);
    const onLeftover = () => {
      throw new RangeError('of the caller');
    };
    const failing = cleanup({ where: 's3://bucket', client: s3.client, onLeftover });
    expect(await failing.catch((error: unknown) => error)).to.be.an.instanceOf(RangeError);
  });

  it('removes partial files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
    try {
      const partial = partialOf(join(folder, 'a'));
      await writeFile(partial, 'half');
      await writeFile(join(folder, 'b'), '');
      await utimes(partial, NOW / 1000, (NOW - 25 * HOUR) / 1000);
      const { leftovers } = await cleanup({ where: folder });
      expect(ids(leftovers)).to.deep.equal([partial]);
      expect(await readdir(folder)).to.deep.equal(['b']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('refuses', () => {
    const client = { send: () => {} };
    const wrong: [options: unknown, words: string][] = [
      [undefined, 'where must be s3://bucket/prefix, a bucket and a prefix, or a path, got undefined'],
      [{ where: '' }, 'where must be'],
      [{ where: 's3:///p' }, 'where must be'],
      [{ where: { bucket: 'b', key: 'k' } }, 'where must be'],
      [{ where: { bucket: '', prefix: '' } }, 'where must be'],
      [{ where: '.', olderThan: -1 }, 'olderThan must be a whole number from 0 to'],
      [{ where: '.', olderThan: '1d' }, 'olderThan must be'],
      [{ where: '.', dryRun: 1 }, 'dryRun must be true or false'],
      [{ where: 's3://b', expectedBucketOwner: '1', client }, 'expectedBucketOwner must be'],
      [{ where: 's3://b', requestPayer: 'requester', client }, 'requestPayer must be'],
      [{ where: 's3://b', client: {} }, 'client must be'],
      [{ where: '.', signal: {} }, 'signal must be'],
      [{ where: '.', onLeftover: true }, 'onLeftover must be'],
    ];
    for (const [options, words] of wrong) {
      it(words, async () => {
        const error = await failure('InvalidOption', () => cleanup(options as CleanupOptions));
        expect(error.message).to.include(words);
      });
    }
  });
});
