import { isS3, type Location } from '../storage/location.ts';
import type { Manifest, ResultFile } from './manifest.ts';

/** What of a manifest was not as expected, but takes nothing from the document. */
export class Warnings {
  readonly #bucket: string[] = [];
  #wrongSizes = 0;
  #firstWrongSize = '';

  /** A `DestinationBucket` that is not the bucket its result files are read from is one already. */
  constructor(
    { destinationBucket }: Manifest,
    from: { manifest: Location; followDestinationBucket: boolean },
  ) {
    const { manifest, followDestinationBucket } = from;
    if (followDestinationBucket || destinationBucket === undefined) return;
    if (!isS3(manifest) || destinationBucket === manifest.bucket) return;
    this.#bucket.push(
      `the manifest's DestinationBucket is ${destinationBucket}, but its result files were read from ${manifest.bucket}, where it is itself`,
    );
  }

  /** Notes a result file that has another size than its manifest says; one without a size says nothing. */
  size(file: ResultFile, bytes: number): void {
    if (file.size === 0 || file.size === bytes) return;
    this.#wrongSizes++;
    this.#firstWrongSize ||= `${file.key}, which has ${bytes} bytes instead of ${file.size}`;
  }

  get list(): string[] {
    if (this.#wrongSizes === 0) return this.#bucket;
    return [
      ...this.#bucket,
      `the manifest has a wrong Size for ${this.#wrongSizes} of its result files, the first being ${this.#firstWrongSize}`,
    ];
  }
}
