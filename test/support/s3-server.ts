import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import type { MapRunFiles } from './map-run.ts';

/** An S3 server in this process, with the current SDK's clients for it. */
export async function startS3() {
  const server = await startFauxqs({ port: 0, logger: false });
  const config: S3ClientConfig = {
    region: 'eu-west-2',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    forcePathStyle: true,
  };
  const client = new S3Client(config);
  let buckets = 0;
  return {
    config,
    client,
    endpoint: `http://127.0.0.1:${server.port}`,
    /** What the SDK reads from the environment of a process that is to use this server. */
    environment: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${server.port}`,
      AWS_REGION: 'eu-west-2',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    async bucket(name = `bucket-${++buckets}`): Promise<Bucket> {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      return new Bucket(client, name);
    },
    async stop(): Promise<void> {
      client.destroy();
      await server.stop();
    },
  };
}

export type S3 = Awaited<ReturnType<typeof startS3>>;

export class Bucket {
  readonly #client: S3Client;
  readonly name: string;

  constructor(client: S3Client, name: string) {
    this.#client = client;
    this.name = name;
  }

  async put(key: string, body: string | Buffer): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  async putMapRun({ files }: MapRunFiles): Promise<void> {
    for (const [key, body] of files) await this.put(key, body);
  }

  async get(key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket: this.name }));
    return Contents.map((object) => object.Key ?? '').sort();
  }

  /**
   * Empties and deletes the bucket, which this server refuses while there is an unfinished multipart upload in it;
   * it cannot list them.
   */
  async deleteUnlessUploadsAreUnfinished(): Promise<void> {
    for (const key of await this.keys()) await this.remove(key);
    await this.#client.send(new DeleteBucketCommand({ Bucket: this.name }));
  }
}
