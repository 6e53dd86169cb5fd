import { calling } from './errors.ts';
import type { Plan } from './map-run/plan.ts';
import type { Progress } from './options.ts';
import type { Batch } from './results/reader.ts';

/** Counts what passes by; it is what progress and summary are made of. */
export class Tally {
  readonly #total: Pick<Progress, 'bytesTotal' | 'files'>;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #count = { bytesRead: 0, filesRead: 0, results: 0, bytesWritten: 0 };

  readonly #resumptions: () => number;

  #succeeded = 0;
  #filesWithElements = 0;

  constructor(plan: Plan, resumptions: () => number, onProgress?: (progress: Progress) => void) {
    this.#resumptions = resumptions;
    this.#total = { bytesTotal: plan.bytes, files: plan.files.length };
    this.#onProgress = onProgress;
  }

  /** Elements of result files, whether they became results or not. */
  get succeeded(): number {
    return this.#succeeded;
  }

  /** Result files read in which there was nothing. */
  get filesEmpty(): number {
    return this.#count.filesRead - this.#filesWithElements;
  }

  get progress(): Progress {
    return { ...this.#total, ...this.#count, resumptions: this.#resumptions() };
  }

  /** Passes a result file's chunks on; tells its length when it has been read to its end. */
  async *file(chunks: AsyncIterable<Buffer>, ended: (bytes: number) => void): AsyncGenerator<Buffer, void> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      this.#count.bytesRead += chunk.length;
      yield chunk;
    }
    this.#count.filesRead++;
    ended(bytes);
  }

  /** Counts the elements of a result file as its batches pass by. */
  async *elements(batches: AsyncIterable<Batch>): AsyncGenerator<Batch, void> {
    let elements = 0;
    for await (const batch of batches) {
      if (elements === 0 && batch.elements > 0) this.#filesWithElements++;
      elements += batch.elements;
      this.#succeeded += batch.elements;
      yield batch;
    }
  }

  async *results(batches: AsyncIterable<Batch>): AsyncGenerator<Batch, void> {
    for await (const batch of batches) {
      this.#count.results += batch.count;
      this.#tell();
      yield batch;
    }
  }

  async *document(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      this.#count.bytesWritten += chunk.length;
      yield chunk;
    }
    this.#tell();
  }

  #tell(): void {
    const onProgress = this.#onProgress;
    if (onProgress) calling('onProgress', () => onProgress(this.progress));
  }
}
