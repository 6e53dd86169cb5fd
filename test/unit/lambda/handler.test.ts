import { expect } from 'chai';
import sinon from 'sinon';
import { makeHandler, optionsFrom } from '../../../src/lambda/handler.ts';
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

describe('optionsFrom', () => {
  it('reads the AGGREGATE_ variables and no others', () => {
    const environment = {
      AWS_REGION: 'eu-west-2',
      AGGREGATE_CONCURRENCY: '16',
      AGGREGATE_PART_SIZE: '16MiB',
      AGGREGATE_QUEUE_SIZE: '2',
      AGGREGATE_ENVELOPE: '{"statuses":{"statuses":[]}}',
      AGGREGATE_FOLLOW_DESTINATION_BUCKET: 'true',
    };
    expect(optionsFrom(environment)).to.deep.equal({
      concurrency: 16,
      partSize: 16 * 1024 ** 2,
      queueSize: 2,
      envelope: { statuses: { statuses: [] } },
      followDestinationBucket: true,
    });
  });

  it('takes an empty variable for none', () => {
    expect(optionsFrom({ AGGREGATE_CONCURRENCY: '' })).to.deep.equal({});
  });

  it('refuses a wrong value, and names the variable', async () => {
    const error = await failure('InvalidOption', () => optionsFrom({ AGGREGATE_PART_SIZE: '1KiB' }));
    expect(error.message).to.match(/^AGGREGATE_PART_SIZE must be .* got 1024$/);
  });

  it('refuses a name that is no option, and lists those that are', async () => {
    const error = await failure('InvalidOption', () => optionsFrom({ AGGREGATE_CONCURENCY: '4' }));
    expect(error.message).to.include('AGGREGATE_CONCURENCY').and.include('AGGREGATE_CONCURRENCY');
  });
});
