import { S3Client } from '@aws-sdk/client-s3';
import { jobOf, timed } from './clock.ts';
import type { HttpJob, Work } from './job.ts';

/** Runs one contender, in a process of its own, so that its peak of memory is its own as well. */
export async function overHttp(work: (client: S3Client, job: HttpJob) => Promise<Work>): Promise<void> {
  const job = jobOf<HttpJob>();
  const client = new S3Client({
    endpoint: job.endpoint,
    forcePathStyle: true,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1, // A retry would pass for slowness.
  });
  await timed(() => work(client, job));
  client.destroy();
}
