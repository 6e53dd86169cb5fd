import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';

interface Sum {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array | Promise<Uint8Array>;
}

/** The checksums that S3 keeps of objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const SUMS = {
  ChecksumCRC64NVME: () => new Crc64Nvme(),
  ChecksumCRC32: () => new Crc32(),
  ChecksumCRC32C: () => new Crc32c(),
  ChecksumSHA1: () => createHash('sha1'),
  ChecksumSHA256: () => createHash('sha256'),
} as const satisfies Partial<Record<keyof GetObjectCommandOutput, () => Sum>>;

/** Compares an object's bytes with the checksum that S3 has of the whole of it. */
export class Checksum {
  readonly #name: string;
  readonly #expected: string;
  readonly #sum: Sum;

  private constructor(name: string, expected: string, sum: Sum) {
    this.#name = name;
    this.#expected = expected;
    this.#sum = sum;
  }

  /** Undefined where S3 has none, or one made of those of the object's parts: `…-3`, of 3 parts. */
  static of(answer: GetObjectCommandOutput): Checksum | undefined {
    for (const [name, makeSum] of Object.entries(SUMS)) {
      const expected = answer[name as keyof typeof SUMS];
      if (expected && !expected.includes('-') && answer.ChecksumType !== 'COMPOSITE')
        return new Checksum(name, expected, makeSum());
    }
    return undefined;
  }

  update(bytes: Uint8Array): void {
    this.#sum.update(bytes);
  }

  /** @throws Error unless the bytes are what S3 has stored. */
  async verify(): Promise<void> {
    const actual = Buffer.from(await this.#sum.digest()).toString('base64');
    if (actual !== this.#expected)
      throw new Error(`the bytes have ${this.#name} ${actual} instead of ${this.#expected}`);
  }
}
