import type { ErrorFacts, ErrorName } from '../../errors.ts';
import type { Location } from '../../storage/location.ts';
import type { Batch, Reading } from '../reader.ts';
import type { ReaderName } from '../readers.ts';

/** What a thread is told. Each file that it reads has an id. */
export type Order =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly reader: ReaderName;
      readonly location: Location;
      readonly reading: Reading;
    }
  /** The file's next bytes, answered by `read` when the thread is done with them. Their memory goes with them. */
  | { readonly kind: 'block'; readonly id: number; readonly chunks: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly kind: 'end' | 'close'; readonly id: number };

/** What it answers. */
export type Answer =
  | { readonly kind: 'read' | 'done'; readonly id: number; readonly batches: readonly SentBatch[] }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly batches: readonly SentBatch[];
      readonly error: SentError;
    };

/** Buffers arrive as what they are made of. */
export type SentBatch = Omit<Batch, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> };

/** An error's own members do not survive the way. */
export interface SentError {
  readonly name: ErrorName | undefined;
  readonly message: string;
  readonly facts: ErrorFacts;
  readonly cause: unknown;
}
