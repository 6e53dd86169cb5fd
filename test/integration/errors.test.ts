import { expect } from 'chai';
import { type AggregateOptions, aggregate, type ErrorName } from '../../src/index.ts';
import { makeHandler } from '../../src/lambda/handler.ts';
import { failure } from '../support/errors.ts';
import { type MapRunShape, mapRun } from '../support/map-run.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const LARGE = Array.from({ length: 8 }, () => JSON.stringify('x'.repeat(1_000_000)));

interface Row {
  readonly name: ErrorName;
  readonly when: string;
  readonly shape?: Partial<MapRunShape>;
  /** Changes what is in the bucket. */
  readonly spoil?: (bucket: Bucket, folder: string) => Promise<void>;
  readonly options?: (bucket: Bucket, folder: string) => Partial<AggregateOptions>;
  /** In the message, with BUCKET and FOLDER for the bucket and the Map Run's folder. */
  readonly words: readonly string[];
  /** Members of the error. */
  readonly facts: Record<string, unknown>;
}

const ROWS: readonly Row[] = [
  {
    name: 'InvalidOption',
    when: 'an option is out of its bounds',
    options: () => ({ concurrency: 0 }),
    words: ['concurrency', 'from 1 to 1000', 'got 0'],
    facts: {},
  },
  {
    name: 'ManifestNotFound',
    when: 'there is no manifest',
    spoil: (bucket, folder) => bucket.remove(`${folder}/manifest.json`),
    words: ['s3://BUCKET/FOLDER/manifest.json', 'NoSuchKey: The specified key does not exist.'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/manifest.json' },
  },
  {
    name: 'ManifestNotFound',
    when: 'there is no bucket',
    options: (bucket) => ({ manifest: `s3://${bucket.name}-not/manifest.json` }),
    words: ['s3://BUCKET-not/manifest.json', 'NoSuchBucket'],
    facts: { bucket: 'BUCKET-not', key: 'manifest.json' },
  },
  {
    name: 'ManifestMalformed',
    when: 'the manifest is not one',
    spoil: (bucket, folder) => bucket.put(`${folder}/manifest.json`, '{"results":[]}'),
    words: ['s3://BUCKET/FOLDER/manifest.json', 'it has no ResultFiles'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/manifest.json' },
  },
  {
    name: 'MapRunIncomplete',
    when: 'items failed or never started',
    shape: { failed: ['[]', '[]'], pending: ['[]'] },
    words: ['2 FAILED (FOLDER/FAILED_0.json, FOLDER/FAILED_1.json)', '1 PENDING (FOLDER/PENDING_0.json)'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/manifest.json' },
  },
  {
    name: 'ResultFileNotFound',
    when: 'a result file is not there, though parts have been uploaded',
    shape: { succeeded: [LARGE, ['1']] },
    spoil: (bucket, folder) => bucket.remove(`${folder}/SUCCEEDED_1.json`),
    options: () => ({ concurrency: 1 }),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_1.json', 'NoSuchKey: The specified key does not exist.'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/SUCCEEDED_1.json' },
  },
  {
    name: 'ResultFileMalformed',
    when: 'a record is malformed, though parts have been uploaded',
    shape: { succeeded: [LARGE, ['1', '2']] },
    spoil: (bucket, folder) => bucket.put(`${folder}/SUCCEEDED_1.json`, '[{"Output":"1"},{"Output":"{"},{}]'),
    options: () => ({ concurrency: 1 }),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_1.json: result 2, at byte 16, has an Output that is not JSON'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/SUCCEEDED_1.json', resultNumber: 2, byteOffset: 16 },
  },
  {
    name: 'ResultFileMalformed',
    when: 'a result file is empty',
    spoil: (bucket, folder) => bucket.put(`${folder}/SUCCEEDED_0.json`, ''),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_0.json', 'the file is empty'],
    facts: { key: 'FOLDER/SUCCEEDED_0.json', byteOffset: 0 },
  },
  {
    name: 'ResultFileMalformed',
    when: 'a result file ends too early',
    spoil: (bucket, folder) => bucket.put(`${folder}/SUCCEEDED_0.json`, '[{"Output":"1"},{"Outp'),
    words: ['result 2, at byte 16, has no end: the file ends at byte 22'],
    facts: { key: 'FOLDER/SUCCEEDED_0.json', resultNumber: 2, byteOffset: 16 },
  },
  {
    name: 'LimitExceeded',
    when: 'a record is too large, though parts have been uploaded',
    shape: { succeeded: [LARGE, ['1', '2']] },
    spoil: (bucket, folder) =>
      bucket.put(`${folder}/SUCCEEDED_1.json`, `[{"Output":"1"},{"Output":"${'x'.repeat(2_000_000)}"}]`),
    options: () => ({ concurrency: 1, maxResultBytes: 1_500_000 }),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_1.json: result 2, at byte 16,', '1500000 bytes', 'maxResultBytes'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/SUCCEEDED_1.json', resultNumber: 2, byteOffset: 16 },
  },
  {
    name: 'LimitExceeded',
    when: 'the Output of the first record is nested too deep',
    shape: { succeeded: [['[[[[]]]]']] },
    options: () => ({ maxDepth: 3 }),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_0.json: result 1, at byte 1,', '3 levels', 'maxDepth'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/SUCCEEDED_0.json', resultNumber: 1, byteOffset: 1 },
  },
  {
    name: 'LimitExceeded',
    when: 'the Input of a failed record is nested too deep',
    shape: { failed: ['[{"Input":"[[[[]]]]","Status":"FAILED"}]'] },
    options: () => ({ failures: 'append', maxDepth: 3 }),
    words: ['s3://BUCKET/FOLDER/FAILED_0.json: result 1, at byte 1,', 'has an Input', '3 levels', 'maxDepth'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/FAILED_0.json', resultNumber: 1, byteOffset: 1 },
  },
  {
    name: 'LimitExceeded',
    when: 'the manifest lists too many result files',
    spoil: (bucket, folder) => {
      const SUCCEEDED = Array.from({ length: 100_001 }, (_, index) => ({ Key: `${folder}/${index}` }));
      return bucket.put(`${folder}/manifest.json`, JSON.stringify({ ResultFiles: { SUCCEEDED } }));
    },
    words: ['s3://BUCKET/FOLDER/manifest.json', '100001 result files', '100000'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/manifest.json' },
  },
  {
    name: 'DestinationIsInput',
    when: 'the document would replace the manifest',
    options: (bucket, folder) => ({ output: `s3://${bucket.name}/${folder}/manifest.json` }),
    words: ['s3://BUCKET/FOLDER/manifest.json'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/manifest.json' },
  },
  {
    name: 'DestinationIsInput',
    when: 'the document would replace a result file',
    options: (bucket, folder) => ({ output: `s3://${bucket.name}/${folder}/SUCCEEDED_0.json` }),
    words: ['s3://BUCKET/FOLDER/SUCCEEDED_0.json'],
    facts: { bucket: 'BUCKET', key: 'FOLDER/SUCCEEDED_0.json' },
  },
  {
    name: 'WriteFailed',
    when: 'there is no bucket to write to',
    shape: { succeeded: [LARGE] },
    options: (bucket) => ({ output: `s3://${bucket.name}-not/out.json` }),
    words: ['s3://BUCKET-not/out.json', 'NoSuchBucket'],
    facts: { bucket: 'BUCKET-not', key: 'out.json' },
  },
];

describe('each error, over HTTP', () => {
  let s3: S3;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  for (const { name, when, shape, spoil, options, words, facts } of ROWS) {
    it(`${name} when ${when}`, async () => {
      const bucket = await s3.bucket();
      const run = mapRun({ succeeded: [['1', '2']], bucket: bucket.name, ...shape });
      const folder = run.manifestKey.replace('/manifest.json', '');
      const fill = (text: string) => text.replace('BUCKET', bucket.name).replaceAll('FOLDER', folder);
      await bucket.putMapRun(run);
      await spoil?.(bucket, folder);
      const before = await bucket.keys();

      const error = await failure(name, () =>
        aggregate({
          manifest: { bucket: bucket.name, key: run.manifestKey },
          output: { bucket: bucket.name, key: 'out.json' },
          client: s3.client,
          ...options?.(bucket, folder),
        }),
      );

      for (const word of words) expect(error.message).to.include(fill(word));
      for (const [fact, value] of Object.entries(facts))
        expect(error).to.have.property(fact, typeof value === 'string' ? fill(value) : value);
      expect(await bucket.keys()).to.deep.equal(before);
      await bucket.deleteUnlessUploadsAreUnfinished();
    });
  }

  it('InvalidEvent when the event does not say where the manifest is', async () => {
    const error = await failure('InvalidEvent', () => makeHandler({ client: s3.client })({ results: {} }));
    expect(error.message).to.include('ResultWriterDetails');
  });
});
