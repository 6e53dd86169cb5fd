import { expect } from 'chai';
import sinon from 'sinon';
import { aggregate, inspect } from '../../src/index.ts';
import { failure } from '../support/errors.ts';
import { mapRun } from '../support/map-run.ts';
import { stubS3 } from '../support/stub-s3.ts';

describe('inspect', () => {
  afterEach(() => sinon.restore());

  it('says what aggregate then does, and writes nothing', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [[], ['1', '"é"'], ['3']], bucket: 'elsewhere' });
    const s3 = stubS3(files);
    const options = { manifest: { bucket: 'bucket', key: manifestKey }, client: s3.client, concurrency: 2 };
    const inspection = await inspect(options);
    expect(new Set(s3.sent)).to.deep.equal(new Set(['GetObject']));

    const summary = await aggregate(options);
    expect(inspection.resultFiles).to.deep.equal({
      SUCCEEDED: { files: summary.files, bytes: summary.bytesRead },
      FAILED: { files: 0, bytes: 0 },
      PENDING: { files: 0, bytes: 0 },
    });
    const { outputType, elements, partSize, bucket, key, warnings } = summary;
    expect(inspection).to.deep.include({ outputType, elements, partSize, warnings, output: { bucket, key } });
    expect(inspection.parts).to.equal(1);
    const blocks = summary.threads > 0 ? 16 * 262_144 : 0;
    expect(inspection.memory).to.equal(170_000_000 + 6 * partSize + 2 * (10 * 81_920 + blocks));
    expect(inspection.mapRunArn).to.match(/^arn:aws:states:/);
  });

  it('counts what did not succeed instead of refusing it', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [], failed: ['[]'], pending: ['[1]', '[]'] });
    const s3 = stubS3(files);
    const { resultFiles } = await inspect({
      manifest: { bucket: 'bucket', key: manifestKey },
      client: s3.client,
    });
    expect(resultFiles.FAILED).to.deep.equal({ files: 1, bytes: 2 });
    expect(resultFiles.PENDING).to.deep.equal({ files: 2, bytes: 5 });
  });

  it('takes undefined for nothing said', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']], failed: ['[]'] });
    const options = { manifest: { bucket: 'bucket', key: manifestKey }, client: stubS3(files).client };
    const { resultFiles } = await inspect({ ...options, failures: undefined, output: undefined } as never);
    expect(resultFiles.FAILED.files).to.equal(1);
  });

  it('fails as aggregate would', async () => {
    await failure('ManifestNotFound', () =>
      inspect({ manifest: 's3://bucket/none', client: stubS3().client }),
    );
    await failure('ManifestNotFound', () => inspect({ manifest: 'none/manifest.json' }));
    await failure('InvalidOption', () => inspect(undefined as never));
  });
});
