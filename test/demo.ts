/**
 * The whole way on this machine alone: a synthetic consignment on an embedded S3 server, the Lambda handler with the
 * event that TDR's state machine sends, and a check of every result in the document that comes out of it.
 */
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { ProgressLine, renderProgress } from '../src/cli/progress.ts';
import { makeHandler } from '../src/lambda/handler.ts';
import type { Progress } from '../src/options.ts';
import { fileCheckRecord } from './support/consignment.ts';
import { mapRun } from './support/map-run.ts';
import { seeded } from './support/random.ts';
import { startS3 } from './support/s3-server.ts';

const { values } = parseArgs({ options: { results: { type: 'string', default: '20000' } } });
const total = Number(values.results);

const s3 = await startS3();
const bucket = await s3.bucket('tdr-backend-checks');

console.log(
  `Writing a consignment of ${total.toLocaleString('en')} results in 6 result files, one of them [] …`,
);
const random = seeded(1);
const made = Array.from({ length: total }, (_, index) => fileCheckRecord(random, index));
const fifth = Math.ceil(total / 5);
const files = [0, 1, -1, 2, 3, 4].map((n) => (n < 0 ? [] : made.slice(n * fifth, (n + 1) * fifth)));
const run = mapRun({
  bucket: bucket.name,
  prefix: 'f0a73877-6057-4bbb-a1eb-7c7b73cab586/acea5919-25a3-4c6b-8908-fa47cc77878f/results.json',
  succeeded: files.map((file) => file.map(({ record }) => record)),
  content: (records) => `[${records.join(',')}]`,
});
await bucket.putMapRun(run);

const event = { results: { ResultWriterDetails: { Bucket: bucket.name, Key: run.manifestKey } } };
console.log(`Invoking the Lambda handler with ${JSON.stringify(event)} …`);
const show = showProgress();
const before = process.memoryUsage.rss();
let peak = before;
const handler = makeHandler({
  client: new S3Client(s3.config),
  uploadClient: new S3Client(s3.config),
  onProgress: (progress) => {
    peak = Math.max(peak, process.memoryUsage.rss());
    show(progress);
  },
});
const address = await handler(event);

const document = JSON.parse(await bucket.get(address.key)) as { results: unknown[] };
const expected = files.flat().map(({ output }) => output);
if (document.results.length !== expected.length)
  throw new Error(`the document has ${document.results.length} results instead of ${expected.length}`);
for (const [index, output] of expected.entries()) {
  if (JSON.stringify(document.results[index]) !== output)
    throw new Error(`result ${index + 1} is not what was written`);
}
console.log(`
Document   s3://${address.bucket}/${address.key}
Results    ${document.results.length.toLocaleString('en')} of ${total.toLocaleString('en')}, each as it was written
Memory     ${mebibytes(peak)} at the peak, of which ${mebibytes(before)} were this S3 server, its objects and the fixtures`);
await s3.stop();

/** On a terminal a line that is written over; elsewhere a line for every quarter. */
function showProgress(): (progress: Progress) => void {
  if (process.stderr.isTTY) {
    const line = new ProgressLine(process.stderr);
    return (progress) => (progress.filesRead === progress.files ? line.clear() : line.show(progress));
  }
  const started = performance.now();
  let quarter = 0;
  return (progress) => {
    const now = Math.floor((4 * progress.bytesRead) / progress.bytesTotal);
    if (now === quarter) return;
    quarter = now;
    console.log(renderProgress(progress, (performance.now() - started) / 1000, 120));
  };
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
