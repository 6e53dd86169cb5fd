import { expect } from 'chai';
import sinon from 'sinon';
import { makeHandler } from '../../src/lambda/handler.ts';
import { fileCheck } from '../support/consignment.ts';
import { mapRun } from '../support/map-run.ts';
import { seeded } from '../support/random.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

/** What Python's `json.dumps(value, separators=(',', ':'))` writes: as JSON.stringify does, but in ASCII. */
function pythonDumps(value: unknown): string {
  return [...JSON.stringify(value)]
    .flatMap((character) => character.split(''))
    .map((unit) => (unit > '\u007f' ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit))
    .join('');
}

describe("the preset for TDR's backend checks", () => {
  let s3: S3;
  let bucket: Bucket;
  before(async () => {
    s3 = await startS3();
    bucket = await s3.bucket();
  });
  after(() => s3.stop());
  afterEach(() => sinon.restore());

  it('writes what the Python lambda does, but for white space, and what later tasks want beside it', async () => {
    sinon.stub(console, 'log');
    const random = seeded(3);
    const checks = Array.from({ length: 50 }, (_, index) => fileCheck(random, index));
    const run = mapRun({ succeeded: [checks.map((check) => JSON.stringify(check))], bucket: bucket.name });
    await bucket.putMapRun(run);

    const handler = makeHandler({ client: s3.client, preset: 'tdr' });
    const address = await handler({
      results: { ResultWriterDetails: { Bucket: bucket.name, Key: run.manifestKey } },
    });
    const document = await bucket.get(address.key);

    expect(document).to.equal(
      pythonDumps({
        results: checks,
        statuses: { statuses: [] },
        redactedResults: { redactedFiles: [], errors: [] },
      }),
    );
    // One of the consumers takes each byte for a character.
    const byByte = Buffer.from(document, 'utf8').toString('latin1');
    expect(JSON.parse(byByte)).to.deep.equal(JSON.parse(document));
    expect(
      checks.some((check) => Buffer.byteLength(check.originalPath) > check.originalPath.length),
    ).to.equal(true);
  });
});
