import { S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { type AggregateOptions, aggregate } from '../../src/index.ts';
import { failure } from '../support/errors.ts';
import { mapRun } from '../support/map-run.ts';
import { optional } from '../support/s3-features.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const SIZES = {
  'small, by PutObject': ['1'],
  'large, in parts': Array.from({ length: 8 }, () => JSON.stringify('x'.repeat(1_000_000))),
};

describe('overwrite: false, over HTTP', () => {
  let s3: S3;
  let bucket: Bucket;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());
  beforeEach(async () => {
    bucket = await s3.bucket();
  });

  async function run(outputs: readonly string[], options: Partial<AggregateOptions> = {}) {
    const files = mapRun({ succeeded: [outputs], bucket: bucket.name });
    await bucket.putMapRun(files);
    return await aggregate({
      manifest: { bucket: bucket.name, key: files.manifestKey },
      output: { bucket: bucket.name, key: 'out.json' },
      client: s3.client,
      overwrite: false,
      ...options,
    });
  }

  for (const [size, outputs] of Object.entries(SIZES)) {
    it(`writes a document (${size}) once`, async () => {
      await run(outputs);
      const document = await bucket.get('out.json');
      expect(document).to.equal(`{"results":[${outputs.join(',')}]}`);
      await failure('DestinationExists', () => run(['"other"']));
      expect(await bucket.get('out.json')).to.equal(document);
      await bucket.deleteUnlessUploadsAreUnfinished();
    });

    const title = `does not write one (${size}) over an object that comes while it works`;
    optional('if-none-match', title, async () => {
      const uploadClient = new S3Client(s3.config);
      uploadClient.middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            if (/^(PutObject|CompleteMultipartUpload)Command$/.test(commandName))
              await bucket.put('out.json', 'theirs');
            return await next(args);
          },
        { step: 'initialize' },
      );
      await failure('DestinationExists', () => run(outputs, { uploadClient }));
      uploadClient.destroy();
      expect(await bucket.get('out.json')).to.equal('theirs');
      await bucket.deleteUnlessUploadsAreUnfinished();
    });
  }
});
