import { expect } from 'chai';
import sinon from 'sinon';
import { makeHandler } from '../../src/lambda/handler.ts';
import { runWith, startScript } from '../support/command-line.ts';
import { failure } from '../support/errors.ts';
import { nth } from '../support/fault-proxy.ts';
import { type FaultRow, fakeTimers, faultRows, megabytes, OUTPUT } from '../support/fault-row.ts';
import { afterDoing, resetAfter, stallAfter } from '../support/faults.ts';
import { deferred } from '../support/streams.ts';

const GIB = 1024 ** 3;
const PART_1 = { operation: 'UploadPart', part: 1 } as const;
const COMPLETE = { operation: 'CompleteMultipartUpload' } as const;

const row = faultRows();

/** A Map Run whose upload begins but does not end: its second file stalls. Tells when it does. */
async function stuck(row: FaultRow): Promise<{ midway: Promise<unknown> }> {
  await row.put([megabytes(6), megabytes(1)]);
  await row.putOld();
  const [stalled, uploading] = [deferred(), deferred()];
  const file = { operation: 'GetObject', key: row.files[1] ?? '', calls: nth(1) } as const;
  row.proxy.on(
    file,
    afterDoing(() => stalled.resolve(), stallAfter(100_000)),
  );
  row.proxy.on(
    PART_1,
    afterDoing(() => uploading.resolve()),
  );
  return { midway: Promise.all([stalled.promise, uploading.promise]) };
}

function startCommandLine(row: FaultRow) {
  const { bucket, manifest, proxy } = row;
  const locations = [`s3://${bucket.name}/${manifest}`, '--output', `s3://${bucket.name}/${OUTPUT}`];
  const argv = ['aggregate', ...locations, '--force-path-style', '--transformation', 'NONE'];
  return startScript('src/cli/main.ts', argv, proxy.environment);
}

/** A Lambda function that is stopped in so many milliseconds. */
function handle(row: FaultRow, remaining: number, deadlineMargin: number) {
  sinon.stub(console, 'log');
  const handler = makeHandler({ client: row.client(), outputKey: OUTPUT, deadlineMargin });
  const event = { ResultWriterDetails: { Bucket: row.bucket.name, Key: row.manifest } };
  return handler(event, { getRemainingTimeInMillis: () => remaining });
}

describe('the fault matrix: surroundings', () => {
  row('24: what SIGKILL leaves behind is found and removed by cleanup, and a rerun is clean', async (row) => {
    const { midway } = await stuck(row);
    const killed = startCommandLine(row);
    await midway;
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(row.proxy.ledger.unfinishedUploads).to.have.length(1);

    const argv = ['cleanup', `s3://${row.bucket.name}/out/`, '--older-than', '0'];
    const cleaned = await runWith(argv, { client: row.client() });
    expect(cleaned.code, cleaned.err).to.equal(0);
    expect(cleaned.out).to.include(OUTPUT);
    expect(row.proxy.ledger.unfinishedUploads).to.have.length(0);
    await row.succeeds();
  });

  row("25: near the Lambda function's deadline the work stops, and the upload is aborted", async (row) => {
    const { midway } = await stuck(row);
    const clock = fakeTimers();
    const failing = row.failed('DeadlineExceeded', () => handle(row, 60_000, 10_000));
    await midway;
    await clock.tickAsync(49_000);
    expect(row.proxy.ledger.unfinishedUploads).to.have.length(1);
    await clock.tickAsync(1_000);
    clock.restore();
    await failing;
  });

  row('25: where there is no time left but for cleaning up, it does not begin', async (row) => {
    await row.put([['1']]);
    await row.failed('DeadlineExceeded', () => handle(row, 10_000, 10_000));
    expect(row.proxy.ledger.requests).to.deep.equal([]);
  });

  row('25: what cannot be done in time is refused before anything but the manifest is read', async (row) => {
    await row.put([['1']]);
    await row.editManifest(({ ResultFiles }) => {
      for (const file of ResultFiles.SUCCEEDED) file.Size = GIB;
    });
    await row.fails('DeadlineExceeded', { timeLimit: 60_000, expectedRate: Math.floor(GIB / 61) });
    expect(row.proxy.ledger.requests.map(({ key }) => key)).to.deep.equal([row.manifest]);
    await row.succeeds({ timeLimit: 60_000, expectedRate: Math.ceil(GIB / 50) });
  });

  row('26: where 10,000 parts of the size asked for would not do, they grow', async (row) => {
    await row.put([['1'], ['2']]);
    await row.editManifest(({ ResultFiles }) => {
      for (const file of ResultFiles.SUCCEEDED) file.Size = 100 * GIB;
    });
    const { partSize, warnings } = await row.succeeds();
    expect(partSize * 10_000).to.be.above(200 * GIB);
    expect(warnings).to.have.length(1);
  });

  row('26: where parts of 5 GiB would not do, the run is refused before anything is written', async (row) => {
    await row.put([['1'], ['2']]);
    await row.editManifest(({ ResultFiles }) => {
      for (const file of ResultFiles.SUCCEEDED) file.Size = 25_000 * GIB;
    });
    const error = await row.fails('InvalidOption');
    expect(error.message).to.include('10000 parts');
    expect(row.proxy.ledger.requests.map(({ key }) => key)).to.deep.equal([row.manifest]);
  });

  for (const [what, files] of [
    ['no files', []],
    ['files without results', [[], [], []]],
  ] as const)
    row(`27: of ${what} it makes {"results":[]}`, async (row) => {
      await row.put(files);
      expect(row.document).to.equal('{"results":[]}');
      await row.succeeds();
      await row.succeeds({ transformation: 'auto', outputType: 'auto' });
    });

  for (const maxSockets of [1, 2, 3, 4])
    row(`28: with ${maxSockets} of them, sockets do not deadlock, even when some are reset`, async (row) => {
      await row.put(Array.from({ length: 10 }, () => megabytes(1)));
      for (const key of row.files.slice(4, 8))
        row.proxy.on({ operation: 'GetObject', key, calls: nth(1) }, resetAfter(500_000));
      const client = row.client({ requestHandler: { httpAgent: { maxSockets } } });
      await row.succeeds({ client });
    });

  row('29: a destination that is an input is refused', async (row) => {
    await row.put([['1'], ['2']]);
    for (const key of [row.manifest, ...row.files]) {
      const before = await row.bucket.get(key);
      const error = await row.fails('DestinationIsInput', { output: { bucket: row.bucket.name, key } });
      expect(error).to.include({ bucket: row.bucket.name, key });
      expect(await row.bucket.get(key)).to.equal(before);
    }
  });

  row('29: a manifest that points to another bucket is followed only on request', async (row) => {
    const other = await row.s3.bucket();
    await row.put([['1'], ['2']]);
    for (const key of row.files) await other.put(key, JSON.stringify([{ Output: '"elsewhere"' }]));
    await row.editManifest((manifest) => {
      manifest.DestinationBucket = other.name;
    });
    const bucketsRead = () =>
      new Set(row.files.flatMap((key) => row.proxy.ledger.of('GetObject', key).map(({ bucket }) => bucket)));

    const { warnings } = await row.succeeds();
    expect(warnings).to.have.length(1);
    expect([...bucketsRead()]).to.deep.equal([row.bucket.name]);

    row.document = '{"results":["elsewhere","elsewhere"]}';
    await row.succeeds({ followDestinationBucket: true });
    expect([...bucketsRead()]).to.deep.equal([row.bucket.name, other.name]);
  });

  row('30: two runs of the same manifest at once make one right document', async (row) => {
    await row.put([megabytes(4), megabytes(2)]);
    row.proxy.on(COMPLETE, afterDoing(together(2)));
    await Promise.all([row.succeeds(), row.succeeds()]);
    expect(row.proxy.ledger.uploads.size).to.equal(2);
  });

  row('30: one of them, and only one, where nothing may be overwritten', async (row) => {
    await row.put([megabytes(4), megabytes(2)]);
    row.proxy.on({ ...COMPLETE, calls: [1, 2] }, afterDoing(together(2)));
    const outcomes = await Promise.allSettled([
      row.succeeds({ overwrite: false }),
      row.succeeds({ overwrite: false }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    const loser = outcomes.find((outcome) => outcome.status === 'rejected');
    await failure('DestinationExists', () => {
      throw loser?.reason;
    });
  });
});

/** A hook that waits until so many requests have come to it. */
function together(count: number): () => Promise<void> {
  const all = deferred();
  let arrived = 0;
  return () => {
    if (++arrived === count) all.resolve();
    return all.promise;
  };
}
