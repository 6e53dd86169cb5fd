/** An upload that was begun and neither completed nor aborted. Its parts are stored, and paid for. */
export interface UnfinishedUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  /** By the store's clock; undefined where it does not say. */
  readonly initiated: Date | undefined;
}

/** A local file that was not written to its end. */
export interface PartialFile {
  readonly path: string;
  /** When it was last written to. */
  readonly modified: Date;
  readonly bytes: number;
}

/** What a job leaves when it is killed before it can remove it. */
export type Leftover = UnfinishedUpload | PartialFile;

/** A leftover, and how to remove it. */
export interface Found {
  readonly leftover: Leftover;
  /** Since when nobody may have been at it. */
  readonly since: Date | undefined;
  /**
   * @returns Whether it was still there.
   * @throws The signal's reason once it is aborted; before, MapRunResultsError `WriteFailed`, with the leftover's facts.
   */
  readonly remove: () => Promise<boolean>;
}

/**
 * Finds all leftovers, before the first is removed: to remove them while a list of them is being read could make it
 * skip some.
 * @throws The signal's reason once it is aborted; before, MapRunResultsError `ReadFailed`.
 */
export type FindLeftovers = () => Promise<Found[]>;
