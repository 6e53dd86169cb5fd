import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { fileLeftovers, partialOf } from '../../../src/storage/partial.ts';
import { failure } from '../../support/errors.ts';

describe('fileLeftovers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const find = (path: string) => fileLeftovers({ path })();

  /** A partial file of this target, as a job that was killed leaves it. */
  async function leave(name: string, content = 'half'): Promise<string> {
    const path = partialOf(join(folder, name));
    await writeFile(path, content);
    return path;
  }

  it('finds the partial files of a folder, and when they were written', async () => {
    const [a, b] = [await leave('a.json'), await leave('b\nc', '')];
    const modified = new Date('2024-05-06T07:08:09Z');
    for (const path of [a, b]) await utimes(path, new Date(), modified);
    const found = await find(folder);
    expect(found.map(({ leftover }) => leftover)).to.have.deep.members([
      { path: a, modified, bytes: 4 },
      { path: b, modified, bytes: 0 },
    ]);
    expect(found.map(({ since }) => since)).to.deep.equal([modified, modified]);
  });

  it('finds those of one document, whether that is there or not', async () => {
    const partials = [await leave('a.json'), await leave('a.json')];
    await leave('b.json');
    await leave('xa.json');
    for (const is of ['absent', 'there']) {
      const found = await find(join(folder, 'a.json'));
      expect(
        found.map(({ leftover }) => 'path' in leftover && leftover.path),
        is,
      ).to.have.members(partials);
      await writeFile(join(folder, 'a.json'), '{}');
    }
  });

  it('finds those of the file that a link leads to, as they are beside that', async () => {
    await mkdir(join(folder, 'real'));
    const partial = await leave('real/a.json');
    await writeFile(join(folder, 'real', 'a.json'), '{}');
    await symlink(join(folder, 'real', 'a.json'), join(folder, 'link'));
    await symlink(join(folder, 'real'), join(folder, 'folder'));
    for (const path of ['link', 'folder', 'folder/a.json'])
      expect(await find(join(folder, path)), path).to.have.nested.property('[0].leftover.path', partial);
  });

  it('takes nothing else for one', async () => {
    const uuid = 'c0ffee00-0000-4000-8000-000000000000';
    for (const name of [
      'a.json',
      'a.partial',
      `a.${uuid}.partial`,
      `.a.${uuid}.partial.gz`,
      `.${uuid}.partial`,
    ])
      await writeFile(join(folder, name), '');
    await mkdir(partialOf(join(folder, 'folder')));
    await symlink(join(folder, 'a.json'), partialOf(join(folder, 'link')));
    await mkdir(join(folder, 'below'));
    await leave('below/a.json');
    expect(await find(folder)).to.deep.equal([]);
  });

  it('removes them, and tells when they were gone already', async () => {
    const [partial, stays] = [await leave('a.json'), await leave('b.json')];
    const [found] = await find(join(folder, 'a.json'));
    expect(found).to.have.nested.property('leftover.path', partial);
    expect(await found?.remove()).to.equal(true);
    expect(await found?.remove()).to.equal(false);
    expect(await readdir(folder)).to.deep.equal([basename(stays)]);
  });

  it('says what could not be removed', async () => {
    const partial = await leave('a.json');
    const [found] = await find(folder);
    await rm(partial);
    await mkdir(partial); // Which unlink refuses, whoever asks.
    const error = await failure('WriteFailed', () => found?.remove());
    expect(error.message).to.include(`removing ${partial} failed: Error: E`);
    expect(error).to.include({ path: partial });
  });

  it('says where it could not look', async () => {
    const error = await failure('ReadFailed', () => find(join(folder, 'none', 'a.json')));
    expect(error.message).to.include('ENOENT');
    expect(error).to.include({ path: join(folder, 'none') });
  });
});
