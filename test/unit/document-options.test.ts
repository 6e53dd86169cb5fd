import { gunzipSync } from 'node:zlib';
import { CreateMultipartUploadCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { type AggregateOptions, aggregate, type ResultInfo } from '../../src/index.ts';
import { failure } from '../support/errors.ts';
import { mapRun, recordsFile } from '../support/map-run.ts';
import { stubS3 } from '../support/stub-s3.ts';

describe('aggregate, with options of the document', () => {
  afterEach(() => sinon.restore());

  const OUTPUTS = ['{"n":1.0}', '"é"', 'null'];
  const run = async (options: Partial<AggregateOptions>) => {
    const { manifestKey, files } = mapRun({ succeeded: [OUTPUTS.slice(0, 2), OUTPUTS.slice(2)] });
    const s3 = stubS3(files);
    let put: PutObjectCommand['input'] | undefined;
    s3.override((command) => {
      if (command instanceof PutObjectCommand) put = command.input;
      return undefined;
    });
    const manifest = { bucket: 'bucket', key: manifestKey };
    const summary = await aggregate({ manifest, client: s3.client, ...options });
    return { s3, summary, put: put as PutObjectCommand['input'], body: put?.Body as Buffer };
  };

  it('compresses, and says so', async () => {
    const plain = await run({});
    const { put, body, summary } = await run({ compress: 'gzip' });
    expect(put).to.include({ ContentEncoding: 'gzip', ContentType: 'application/json' });
    expect(gunzipSync(body).toString()).to.equal(plain.body.toString());
    expect(summary.bytesWritten).to.equal(body.length);
    expect(plain.put).to.have.property('ContentEncoding', undefined);
  });

  it('aborts when what is to be compressed fails', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1'], ['{']] });
    const s3 = stubS3(files);
    const options = { manifest: { bucket: 'bucket', key: manifestKey }, client: s3.client };
    await failure('ResultFileMalformed', () => aggregate({ ...options, compress: 'gzip' }));
    expect(s3.sent).to.not.include('PutObject');
  });

  it('writes whole records', async () => {
    const { body } = await run({ emit: 'record' });
    const [first, second] = [OUTPUTS.slice(0, 2), OUTPUTS.slice(2)].map((outputs) =>
      recordsFile(outputs).slice(1, -1),
    );
    expect(body.toString()).to.equal(`{"results":[${first},${second}]}`);
  });

  it('refuses to make records of bare outputs', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['[1]']], content: ([text]) => text ?? '' });
    const options = { manifest: { bucket: 'bucket', key: manifestKey }, client: stubS3(files).client };
    const error = await failure('InvalidOption', () => aggregate({ ...options, emit: 'record' }));
    expect(error.message).to.include('emit must be output');
  });

  it('writes JSON Lines as such', async () => {
    const { put, body } = await run({ format: 'jsonl' });
    expect(body.toString()).to.equal(`${OUTPUTS.join('\n')}\n`);
    expect(put).to.include({ ContentType: 'application/x-ndjson' });
  });

  it('keeps each result on its line, however it was written', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['{\n  "a": [\r\n1]\n}']] });
    const s3 = stubS3(files);
    const { key = '' } = await aggregate({
      manifest: { bucket: 'bucket', key: manifestKey },
      client: s3.client,
      format: 'jsonl',
    });
    expect(s3.object(key)).to.equal('{   "a": [  1] }\n');
  });

  it('lets `map` change and drop results, and tells it where they are from', async () => {
    const seen: [unknown, ResultInfo][] = [];
    const { body, summary } = await run({
      map: (value, info) => {
        seen.push([value, info]);
        return value === null ? undefined : [value, '\ud800'];
      },
    });
    expect(body.toString()).to.equal('{"results":[[{"n":1},"\\ud800"],["é","\\ud800"]]}');
    expect(summary).to.deep.include({ results: 2, statuses: { SUCCEEDED: 3 } });
    expect(seen.map(([value, { resultNumber }]) => [value, resultNumber])).to.deep.equal([
      [{ n: 1 }, 1],
      ['é', 2],
      [null, 1],
    ]);
    expect(seen[2]?.[1].file)
      .to.have.property('key')
      .that.matches(/SUCCEEDED_1\.json$/);
  });

  it('counts the elements that `map` makes nothing of', async () => {
    const { summary, body } = await run({ map: () => undefined });
    expect(body.toString()).to.equal('{"results":[]}');
    expect(summary).to.deep.include({ results: 0, filesEmpty: 0, statuses: { SUCCEEDED: 3 } });
  });

  it('fails as `map` does', async () => {
    const broken = new Error('no such thing');
    const map = () => {
      throw broken;
    };
    expect(await run({ map }).catch((error: unknown) => error)).to.equal(broken);
  });

  for (const thrown of [undefined, null, 'text']) {
    it(`fails when a function of the caller's throws ${thrown}`, async () => {
      const fail = () => {
        throw thrown;
      };
      const mapping = await run({ map: fail }).catch((error: unknown) => error);
      expect(mapping).to.be.an('error').with.property('message', `map threw ${thrown}`);
      const telling = await run({ onProgress: fail }).catch((error: unknown) => error);
      expect(telling).to.be.an('error').with.property('message', `onProgress threw ${thrown}`);
    });
  }

  it('refuses what `map` returns where JSON cannot hold it', async () => {
    for (const value of [1n, Promise.resolve(1)]) {
      const error = await failure('InvalidOption', () => run({ map: () => value }));
      expect(error.message).to.include('map must return something that JSON can hold');
      expect(error).to.include({ resultNumber: 1 });
    }
  });

  it('gives S3 what real buckets ask for', async () => {
    const { s3, put } = await run({
      sseKmsKeyId: 'alias/k',
      storageClass: 'STANDARD_IA',
      tags: { a: 'b c', d: 'é' },
      metadata: { m: '1' },
      expectedBucketOwner: '123456789012',
      requestPayer: true,
    });
    expect(put).to.deep.include({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'alias/k',
      StorageClass: 'STANDARD_IA',
      Tagging: 'a=b+c&d=%C3%A9',
      ExpectedBucketOwner: '123456789012',
      RequestPayer: 'requester',
    });
    expect(put.Metadata).to.include({ m: '1' });
    for (const [command] of s3.send.args) {
      if (!(command instanceof GetObjectCommand)) continue;
      expect(command.input).to.include({ ExpectedBucketOwner: '123456789012', RequestPayer: 'requester' });
      expect(command.input).to.not.have.property('StorageClass');
    }
  });

  it('gives it to multipart uploads as well', async () => {
    const large = JSON.stringify('x'.repeat(6 * 1024 ** 2));
    const { manifestKey, files } = mapRun({ succeeded: [[large]] });
    const s3 = stubS3(files);
    const options = { manifest: { bucket: 'bucket', key: manifestKey }, client: s3.client };
    await aggregate({ ...options, storageClass: 'GLACIER_IR', tags: { a: '1' } });
    const create = s3.send.args
      .map(([command]) => command)
      .find((command) => command instanceof CreateMultipartUploadCommand);
    expect(create?.input).to.deep.include({
      StorageClass: 'GLACIER_IR',
      Tagging: 'a=1',
      ContentType: 'application/json',
    });
  });
});
