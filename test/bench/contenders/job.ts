import type { Kind } from '../fixtures/elements.ts';

/** What a contender over HTTP is told to do. */
export interface HttpJob {
  readonly endpoint: string;
  /** The document's. */
  readonly key: string;
  readonly concurrency: number;
  readonly kind: Kind;
  /** For `aggregate`: which may know them or not yet. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What a reader alone is told to do. */
export interface ReaderJob {
  /** One result file of execution records, JSON. */
  readonly path: string;
  /** Where to write the Outputs, a line each, for contenders that write. */
  readonly lines: string;
  /** Where npm has installed the peers. */
  readonly peers: string;
  /** What further the contender's module is told. */
  readonly reader?: string;
}

/** What a contender did: its own word for it. */
export interface Work {
  readonly bytesIn: number;
  /** Absent where nobody looked. */
  readonly results?: number;
  readonly bytesOut: number;
  /** Of the Outputs joined by commas, from contenders that make them in memory. */
  readonly crc?: number;
}

export interface Report extends Work {
  readonly seconds: number;
  /** Resident memory in bytes: its peak, and what the runtime and its libraries had taken of it before the work. */
  readonly maxRss: number;
  readonly startRss: number;
}
