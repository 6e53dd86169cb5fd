import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { formatLocation, identityOf, parseLocation, parsePrefix } from '../../../src/storage/location.ts';
import { failure } from '../../support/errors.ts';

describe('parseLocation', () => {
  for (const key of ['k', 'a/b/c.json', 'a b%20+é', '//', '../x', 'line\nbreak']) {
    it(`reads s3://b/${JSON.stringify(key)} and is undone by formatLocation`, () => {
      const location = parseLocation('manifest', `s3://b/${key}`);
      expect(location).to.deep.equal({ bucket: 'b', key });
      expect(formatLocation(location)).to.equal(`s3://b/${key}`);
    });
  }

  for (const path of ['manifest.json', './a/b', '/a/b', 's3:/b/k', 'C:\\a']) {
    it(`takes ${path} for a path`, () => {
      expect(parseLocation('manifest', path)).to.deep.equal({ path });
    });
  }

  for (const value of ['', 's3://', 's3://b', 's3://b/', 's3:///k', 'S3://b', 'file:///x', 'a\0b']) {
    it(`refuses ${JSON.stringify(value)}, and names the option`, async () => {
      const error = await failure('InvalidOption', () => parseLocation('output', value));
      expect(error.message).to.include('output').and.include(JSON.stringify(value));
    });
  }
});

describe('parsePrefix', () => {
  for (const [value, prefix] of [
    ['s3://b', ''],
    ['s3://b/', ''],
    ['s3://b/p/', 'p/'],
    ['s3://b//p', '/p'],
    ['s3://b/a b%20+é\n', 'a b%20+é\n'],
  ] as const) {
    it(`reads ${JSON.stringify(value)}`, () => {
      expect(parsePrefix('where', value)).to.deep.equal({ bucket: 'b', prefix });
    });
  }

  it('takes for a path what parseLocation does', () => {
    expect(parsePrefix('where', './a')).to.deep.equal({ path: './a' });
  });

  for (const value of ['', 's3://', 's3:///p', 'S3://b', 'file:///x']) {
    it(`refuses ${JSON.stringify(value)}, and names the option`, async () => {
      const error = await failure('InvalidOption', () => parsePrefix('where', value));
      expect(error.message).to.include('where').and.include(JSON.stringify(value));
    });
  }
});

describe('identityOf', () => {
  it('tells objects apart by bucket and key', async () => {
    expect(await identityOf({ bucket: 'b', key: 'k' })).to.equal(await identityOf({ bucket: 'b', key: 'k' }));
    expect(await identityOf({ bucket: 'b', key: 'k' })).to.not.equal(
      await identityOf({ bucket: 'c', key: 'k' }),
    );
  });

  it('knows a file by whichever path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
    try {
      await mkdir(join(folder, 'real'));
      await symlink(join(folder, 'real'), join(folder, 'link'));
      const paths = [
        join(folder, 'real', 'f'),
        join(folder, 'link', '..', 'real', 'f'),
        join(folder, 'link', 'f'),
      ];
      const identities = await Promise.all(
        [...paths, relative('.', paths[0] as string)].map((path) => identityOf({ path })),
      );
      expect(new Set(identities).size).to.equal(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('knows a file by a link to it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
    try {
      await writeFile(join(folder, 'real'), '');
      await symlink(join(folder, 'real'), join(folder, 'link'));
      expect(await identityOf({ path: join(folder, 'link') })).to.equal(
        await identityOf({ path: join(folder, 'real') }),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes a path in a folder that is not there as it is', async () => {
    expect(await identityOf({ path: '/no/such/folder/f' })).to.equal('/no/such/folder/f');
  });
});
