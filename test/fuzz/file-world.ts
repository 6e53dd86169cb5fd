import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { World } from './world.ts';

/** A folder with a local copy of a Map Run. */
export class FileWorld implements World {
  readonly options = {};
  readonly #folder: string;

  static async open(): Promise<FileWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'map-run-results-fuzz-'));
    await mkdir(join(folder, 'out'));
    return new FileWorld(folder);
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  locate(key: string): string {
    return join(this.#folder, key);
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    await mkdir(dirname(this.locate(key)), { recursive: true });
    await writeFile(this.locate(key), bytes);
  }

  async contents(): Promise<ReadonlyMap<string, Buffer>> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const read = async (path: string) => [relative(this.#folder, path), await readFile(path)] as const;
    return new Map(await Promise.all(paths.map(read)));
  }

  unfinishedUploads(): readonly string[] {
    return [];
  }

  async leftOpen(): Promise<readonly string[]> {
    return [];
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
