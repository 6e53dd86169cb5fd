import { expect } from 'chai';
import sinon from 'sinon';
import { makeHandler } from '../../../src/lambda/handler.ts';
import { failure } from '../../support/errors.ts';
import { mapRun } from '../../support/map-run.ts';
import { stubS3 } from '../../support/stub-s3.ts';

describe('the Lambda handler', () => {
  afterEach(() => sinon.restore());

  it('returns the address of the document and nothing else, and logs a line of JSON', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1'], ['2']] });
    const s3 = stubS3(files);
    const log = sinon.stub(console, 'log');
    const handler = makeHandler({ client: s3.client, envelope: { a: 1 } });
    const address = await handler({
      results: { ResultWriterDetails: { Bucket: 'bucket', Key: manifestKey } },
      b: 2,
    });
    sinon.assert.calledOnce(log);
    expect(Object.keys(address)).to.deep.equal(['bucket', 'key']);
    expect(s3.object(address.key)).to.equal('{"results":[1,2],"a":1}');
    expect(JSON.parse(log.firstCall.args[0])).to.include({ level: 'INFO', results: 2, key: address.key });
  });

  it('lets options of the event prevail over its own', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']] });
    const s3 = stubS3(files);
    sinon.stub(console, 'log');
    const handler = makeHandler({ client: s3.client, resultsPath: 'wrong', resultsKey: 'all', ascii: true });
    const checks = { output: { ResultWriterDetails: { Bucket: 'bucket', Key: manifestKey } } };
    const options = {
      resultsPath: '$.checks.output',
      envelope: { é: 1 },
      outputKey: '{mapRunId}.json',
      concurrency: '2',
    };
    const address = await handler({ checks, options });
    expect(address.key).to.equal('81027ddd-df08-4c6e-b442-257822745e9c.json');
    expect(s3.object(address.key)).to.equal('{"all":[1],"\\u00e9":1}');
  });

  it('logs warnings as such', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']], bucket: 'elsewhere' });
    const log = sinon.stub(console, 'log');
    const handler = makeHandler({ client: stubS3(files).client });
    await handler({ ResultWriterDetails: { Bucket: 'bucket', Key: manifestKey } });
    expect(JSON.parse(log.firstCall.args[0])).to.include({ level: 'WARN' });
  });

  it('fails with the name that ErrorEquals is to see', async () => {
    const handler = makeHandler({ client: stubS3().client });
    await failure('InvalidEvent', () => handler({}));
    await failure('ManifestNotFound', () =>
      handler({ ResultWriterDetails: { Bucket: 'bucket', Key: 'none' } }),
    );
  });
});
