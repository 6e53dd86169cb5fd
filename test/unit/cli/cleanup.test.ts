import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { partialOf } from '../../../src/storage/partial.ts';
import { runWith } from '../../support/command-line.ts';
import { s3Error } from '../../support/stub-s3.ts';
import { stubUploads } from '../../support/stub-uploads.ts';

describe('map-run-results cleanup', () => {
  afterEach(() => sinon.restore());

  const LONG_AGO = new Date('2024-05-06T07:08:09.010Z');
  const UPLOADS = [
    { key: 'p/a', uploadId: 'one', initiated: LONG_AGO },
    { key: 'p/b\x1b', uploadId: 'two', initiated: LONG_AGO },
    { key: 'p/c', uploadId: 'three', initiated: new Date() },
    { key: 'q/d', uploadId: 'four', initiated: LONG_AGO },
  ];

  it('says what it removed, since when that was there, and how many there were', async () => {
    const s3 = stubUploads(UPLOADS);
    expect(await runWith(['cleanup', 's3://bucket/p/'], { client: s3.client })).to.deep.equal({
      code: 0,
      out:
        'removed s3://bucket/p/a, upload one, initiated 2024-05-06T07:08:09.010Z\n' +
        'removed s3://bucket/p/b\\x1b, upload two, initiated 2024-05-06T07:08:09.010Z\n' +
        '2 leftovers removed; 1 younger one left alone\n',
      err: '',
    });
    expect(s3.left()).to.deep.equal(['three', 'four']);
  });

  it('removes nothing in a dry run', async () => {
    const s3 = stubUploads(UPLOADS);
    const { code, out } = await runWith(['cleanup', 's3://bucket/q', '--dry-run', '--older-than', '0'], {
      client: s3.client,
    });
    expect({ code, out }).to.deep.equal({
      code: 0,
      out: 'found s3://bucket/q/d, upload four, initiated 2024-05-06T07:08:09.010Z\n1 leftover found, none removed\n',
    });
    expect(s3.left()).to.have.length(4);
  });

  it('reports for machines', async () => {
    const { code, out } = await runWith(['cleanup', 's3://bucket/p', '--json'], {
      client: stubUploads(UPLOADS).client,
    });
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({
      leftovers: UPLOADS.slice(0, 2).map(({ key, uploadId }) => ({
        bucket: 'bucket',
        key,
        uploadId,
        initiated: '2024-05-06T07:08:09.010Z',
      })),
      younger: 1,
    });
  });

  it('exits 1 where some could not be removed, and says which, after those that were', async () => {
    const s3 = stubUploads(UPLOADS, {
      override: (command) => {
        if (command instanceof AbortMultipartUploadCommand && command.input.UploadId === 'one')
          throw s3Error('AccessDenied', 'Access Denied', 403);
        return undefined;
      },
    });
    const { code, out, err } = await runWith(['cleanup', 's3://bucket/p'], { client: s3.client });
    expect(code).to.equal(1);
    expect(out).to.match(/^removed s3:\/\/bucket\/p\/b\\x1b, upload two, .*\n$/);
    expect(err).to.equal(
      'CleanupFailed: 1 of 2 leftovers could not be removed: aborting upload one to s3://bucket/p/a failed: AccessDenied: Access Denied\n',
    );
  });

  it('removes partial files from a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
    try {
      const partial = partialOf(join(folder, 'a.json'));
      await writeFile(partial, 'x'.repeat(1536));
      await utimes(partial, LONG_AGO, LONG_AGO);
      const { code, out } = await runWith(['cleanup', folder]);
      expect({ code, out }).to.deep.equal({
        code: 0,
        out: `removed ${partial}, 1.5 KiB, last written 2024-05-06T07:08:09.010Z\n1 leftover removed\n`,
      });
      expect(await readdir(folder)).to.deep.equal([]);
      expect((await runWith(['cleanup', folder])).out).to.equal('0 leftovers removed\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('exits 2 where it cannot tell where to look', async () => {
    expect(await runWith(['cleanup', 's3:///p'])).to.include({ code: 2, out: '' });
  });
});
