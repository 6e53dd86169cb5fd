import type { AggregateOptions } from '../../src/index.ts';

/** Where a case takes place. */
export interface World {
  /** Of the job's options, those that let it in. */
  readonly options: Pick<AggregateOptions, 'client' | 'uploadClient'>;
  /** Where a key is, for the job. */
  locate(key: string): NonNullable<AggregateOptions['rerun']>;
  put(key: string, bytes: Buffer): Promise<void>;
  /** Everything that is there, by key, with nothing going wrong. */
  contents(): Promise<ReadonlyMap<string, Buffer>>;
  /** Ids of multipart uploads that are unfinished. */
  unfinishedUploads(): readonly string[];
  /** What the job has left open, in words: requests, bodies, connections. */
  leftOpen(): Promise<readonly string[]>;
  close(): Promise<void>;
}
