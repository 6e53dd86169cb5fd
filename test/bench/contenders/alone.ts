import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { jobOf, timed } from './clock.ts';
import type { ReaderJob, Work } from './job.ts';

/** As large as what a socket gives at once. */
const CHUNK = 64 * 1024;

/** Runs a reader without storage: over a file that was read into memory before the clock starts. */
export async function alone(
  read: (chunks: () => Generator<Buffer>, bytes: Buffer, job: ReaderJob) => Promise<Omit<Work, 'bytesIn'>>,
): Promise<void> {
  const job = jobOf<ReaderJob>();
  const bytes = readFileSync(job.path);
  function* chunks() {
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  }
  await timed(async () => ({ bytesIn: bytes.length, ...(await read(chunks, bytes, job)) }));
}

/** What a reader has made: counted, and known again by its checksum, as it would be joined by commas. */
export class Made {
  results = 0;
  bytesOut = 0;
  crc = 0;

  add(bytes: Buffer, count = 1): void {
    if (this.results > 0) this.#take(COMMA);
    this.#take(bytes);
    this.results += count;
  }

  get work(): Omit<Work, 'bytesIn'> {
    const { results, bytesOut, crc } = this;
    return { results, bytesOut, crc };
  }

  #take(bytes: Buffer): void {
    this.bytesOut += bytes.length;
    this.crc = crc32(bytes, this.crc);
  }
}

const COMMA = Buffer.from(',');
