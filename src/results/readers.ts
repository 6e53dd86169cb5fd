import type { Reader } from './reader.ts';
import { scannerReader } from './scanner.ts';
import { streamJsonReader } from './stream-json.ts';
import { ThreadPool } from './threads/pool.ts';

/** The readers that there are, by the names that the option `reader` knows them by. They differ in speed alone. */
export const READERS = {
  'stream-json': streamJsonReader,
  scanner: scannerReader,
} as const satisfies Record<string, Reader>;

export type ReaderName = keyof typeof READERS;

/** A reader, and how many threads it uses. */
export interface OpenReader {
  readonly read: Reader;
  readonly threads: number;
  close(): Promise<void>;
}

/** Opens a reader that works on this thread alone, or on `threads` others. */
export function openReader(name: ReaderName, threads: number): OpenReader {
  if (threads === 0) return { read: READERS[name], threads, close: async () => {} };
  const pool = new ThreadPool(threads);
  return { read: pool.reader(name), threads, close: () => pool.close() };
}
