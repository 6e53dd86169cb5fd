import { randomUUID } from 'node:crypto';
import { readdir, realpath, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import type { FindLeftovers, Found } from './leftovers.ts';
import type { FileLocation } from './location.ts';

/** Where a file is written until it is complete: beside its target, as it can be renamed only within its file system. */
export function partialOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
}

/** Its name, and in it the target's. */
const PARTIAL = /^\.(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/s;

/** Finds partial files in a folder, though not below it, or those of one target, which need not be there. */
export function fileLeftovers({ path }: FileLocation): FindLeftovers {
  return async () => {
    const target = await realpath(path).catch(() => path);
    const isFolder = (await stat(target).catch(() => undefined))?.isDirectory();
    const folder = isFolder ? target : dirname(target);
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      const partials = entries.filter((entry) => {
        const [, of] = PARTIAL.exec(entry.name) ?? [];
        return of !== undefined && entry.isFile() && (isFolder || of === basename(target));
      });
      return (await Promise.all(partials.map(({ name }) => look(join(folder, name))))).flat();
    } catch (cause) {
      const message = `looking for partial files in ${folder} failed: ${wordsOf(cause)}`;
      throw new MapRunResultsError('ReadFailed', message, { path: folder, cause });
    }
  };
}

/** None, where it has been removed or renamed meanwhile. */
async function look(path: string): Promise<Found[]> {
  const there = await stat(path).catch(unlessGone);
  if (!there) return [];
  const leftover = { path, modified: there.mtime, bytes: there.size };
  return [{ leftover, since: there.mtime, remove: () => remove(path) }];
}

async function remove(path: string): Promise<boolean> {
  try {
    return (await unlink(path).then(() => true, unlessGone)) ?? false;
  } catch (cause) {
    const message = `removing ${path} failed: ${wordsOf(cause)}`;
    throw new MapRunResultsError('WriteFailed', message, { path, cause });
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
