import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { Bucket } from './s3-bucket.ts';
import { LACKING } from './s3-features.ts';

export type { Bucket } from './s3-bucket.ts';

/** Where tests find S3: the server that `npm run test:s3` names in the environment, or else one in this process. */
export async function startS3() {
  const { endpoint, region, credentials, embedded, stop } = named(process.env) ?? (await embed());
  const config: S3ClientConfig = {
    region,
    endpoint,
    forcePathStyle: true,
    ...(credentials && { credentials }),
  };
  const client = new S3Client(config);
  const buckets: Bucket[] = [];
  return {
    config,
    client,
    endpoint,
    /** What the SDK reads from the environment of a process that is to use this server. */
    environment: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: region,
      ...(credentials && {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      }),
    },
    async bucket(name = bucketName()): Promise<Bucket> {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      const bucket = new Bucket(client, name, { listsUploads: !LACKING.includes('list-uploads') });
      buckets.push(bucket);
      return bucket;
    },
    /** Of a server that is there for longer, deletes all buckets made. @throws Error if an upload is unfinished */
    async stop(): Promise<void> {
      try {
        if (!embedded) await deleteAll(buckets);
      } finally {
        client.destroy();
        await stop();
      }
    },
  };
}

export type S3 = Awaited<ReturnType<typeof startS3>>;

interface Server {
  readonly endpoint: string;
  readonly region: string;
  /** Absent where they come the SDK's own way. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly embedded: boolean;
  stop(): Promise<void>;
}

function named({ TEST_S3_ENDPOINT, AWS_REGION = 'us-east-1' }: NodeJS.ProcessEnv): Server | undefined {
  if (!TEST_S3_ENDPOINT) return undefined;
  return { endpoint: TEST_S3_ENDPOINT, region: AWS_REGION, embedded: false, stop: async () => {} };
}

async function embed(): Promise<Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    embedded: true,
    stop: () => server.stop(),
  };
}

/** Of no other bucket, in this run or any other, as a server may be there for longer and have other users. */
const run = randomBytes(4).toString('hex');
let bucketsNamed = 0;
function bucketName(): string {
  return `map-run-results-test-${run}-${++bucketsNamed}`;
}

async function deleteAll(buckets: readonly Bucket[]): Promise<void> {
  const errors: unknown[] = [];
  for (const bucket of buckets) {
    await bucket.deleteUnlessUploadsAreUnfinished().catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('\n'));
}
