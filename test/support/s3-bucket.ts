import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { MapRunFiles } from './map-run.ts';

/** A bucket that a test made. */
export class Bucket {
  readonly #client: S3Client;
  readonly #listsUploads: boolean;
  #deleted = false;
  readonly name: string;

  constructor(client: S3Client, name: string, { listsUploads }: { listsUploads: boolean }) {
    this.#client = client;
    this.#listsUploads = listsUploads;
    this.name = name;
  }

  async put(key: string, body: string | Buffer): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  async putMapRun({ files }: MapRunFiles): Promise<void> {
    for (const [key, body] of files) await this.put(key, body);
  }

  async get(key: string): Promise<string> {
    return `${await this.bytes(key)}`;
  }

  async bytes(key: string): Promise<Buffer> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket: this.name }));
    return Contents.map((object) => object.Key ?? '').sort();
  }

  /** The multipart uploads that were begun and neither completed nor aborted. */
  async unfinishedUploads(): Promise<{ key: string; uploadId: string }[]> {
    const found: { key: string; uploadId: string }[] = [];
    let page: Partial<ListMultipartUploadsCommandOutput> = {};
    do {
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      const next = { Bucket: this.name, KeyMarker, UploadIdMarker };
      page = await this.#client.send(new ListMultipartUploadsCommand(next));
      found.push(
        ...(page.Uploads ?? []).map(({ Key = '', UploadId = '' }) => ({ key: Key, uploadId: UploadId })),
      );
    } while (page.IsTruncated);
    return found;
  }

  /**
   * Empties and deletes the bucket, and fails if a multipart upload in it was unfinished. A server that cannot list
   * them, such as the embedded one, has to refuse to delete a bucket that has any.
   */
  async deleteUnlessUploadsAreUnfinished(): Promise<void> {
    if (this.#deleted) return;
    const unfinished = this.#listsUploads ? await this.unfinishedUploads() : [];
    for (const { key, uploadId } of unfinished) {
      const upload = { Bucket: this.name, Key: key, UploadId: uploadId };
      await this.#client.send(new AbortMultipartUploadCommand(upload));
    }
    for (const key of await this.keys()) await this.remove(key);
    await this.#client.send(new DeleteBucketCommand({ Bucket: this.name }));
    this.#deleted = true;
    if (unfinished.length > 0) {
      const names = unfinished.map(({ key, uploadId }) => `s3://${this.name}/${key} (${uploadId})`);
      throw new Error(`unfinished multipart uploads were left: ${names.join(', ')}`);
    }
  }
}
