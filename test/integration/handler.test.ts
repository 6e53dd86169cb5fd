import { expect } from 'chai';
import sinon from 'sinon';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const CONSIGNMENT = 'f0a73877-6057-4bbb-a1eb-7c7b73cab586';

describe('the Lambda function, over HTTP', () => {
  let s3: S3;
  let bucket: Bucket;
  let handler: (event: unknown) => Promise<{ bucket: string; key: string }>;
  const environment = { ...process.env };

  before(async () => {
    s3 = await startS3();
    bucket = await s3.bucket();
    // As Lambda does: the environment is there when the module is loaded.
    Object.assign(process.env, s3.environment, { AGGREGATE_ENVELOPE: '{"statuses":{"statuses":[]}}' });
    const fresh = '../../src/lambda/handler.ts?fresh'; // Other tests have loaded it without this environment.
    ({ handler } = await import(fresh));
  });
  beforeEach(() => {
    sinon.stub(console, 'log');
  });
  afterEach(() => sinon.restore());
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    await s3.stop();
  });

  it("does TDR's example, and the same again", async () => {
    // From TDR's README: no MapRunArn, sizes that are wrong, records with nothing but Output.
    const folder = `${CONSIGNMENT}/acea5919-25a3-4c6b-8908-fa47cc77878f/results.json/5e9dd0b2`;
    const outputs = ['{"fileId":"a","n":1.0}', '{"fileId":"b"}'];
    await bucket.put(`${folder}/SUCCEEDED_0.json`, JSON.stringify(outputs.map((Output) => ({ Output }))));
    await bucket.put(
      `${folder}/manifest.json`,
      JSON.stringify({
        DestinationBucket: bucket.name,
        ResultFiles: { SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: 1 }] },
      }),
    );
    const event = {
      results: { ResultWriterDetails: { Bucket: bucket.name, Key: `${folder}/manifest.json` } },
      redactedResults: { redactedFiles: [], errors: [] },
    };
    const before = await bucket.keys();

    const address = await handler(event);
    expect(Object.entries(address)).to.deep.equal([
      ['bucket', bucket.name],
      ['key', address.key],
    ]);
    expect(address.key).to.match(
      new RegExp(`^${CONSIGNMENT}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/results\\.json$`),
    );
    const document = `{"results":[${outputs.join(',')}],"statuses":{"statuses":[]}}`;
    expect(await bucket.get(address.key)).to.equal(document);

    expect(await handler(event)).to.deep.equal(address);
    expect(await bucket.get(address.key)).to.equal(document);
    expect(await bucket.keys()).to.deep.equal([...before, address.key].sort());
  });
});
