import { expect } from 'chai';
import sinon from 'sinon';
import { makeHandler } from '../../../src/lambda/handler.ts';
import { failure } from '../../support/errors.ts';
import { mapRun } from '../../support/map-run.ts';
import { idle } from '../../support/streams.ts';
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

  describe("when Lambda's time runs out", () => {
    const setUp = () => {
      const { manifestKey, files } = mapRun({ succeeded: [['1']] });
      const s3 = stubS3(files);
      sinon.stub(console, 'log');
      return { s3, event: { ResultWriterDetails: { Bucket: 'bucket', Key: manifestKey } } };
    };
    const context = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });

    it('gives up the margin before it does', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { s3, event } = setUp();
      s3.override((_, signal) => new Promise((_, reject) => signal?.addEventListener('abort', reject)));
      const handling = makeHandler({ client: s3.client, deadlineMargin: 4_000 })(event, context(10_000));
      const failing = failure('DeadlineExceeded', () => handling);
      let settled = false;
      failing.then(() => (settled = true));
      await idle();
      await clock.tickAsync(5_999);
      expect(settled).to.equal(false);
      await clock.tickAsync(1);
      expect((await failing).message).to.include('6000 ms');
    });

    it('does not begin where there is no more than the margin', async () => {
      const { s3, event } = setUp();
      await failure('DeadlineExceeded', () => makeHandler({ client: s3.client })(event, context(10_000)));
      expect(s3.sent).to.deep.equal([]);
    });

    it('refuses at once what would not fit at the rate that is expected', async () => {
      const { s3, event } = setUp();
      const handler = makeHandler({ client: s3.client, expectedRate: 1 });
      const error = await failure('DeadlineExceeded', () => handler(event, context(20_000)));
      expect(error.message).to.match(/would take \d{6} ms at 1 bytes a second/);
      expect(s3.sent).to.not.include('PutObject');
    });

    it('works as ever where there is enough of it', async () => {
      const { s3, event } = setUp();
      const handler = makeHandler({ client: s3.client, expectedRate: 1_000_000 });
      expect(await handler(event, context(20_000))).to.have.property('bucket', 'bucket');
    });
  });
});
