import { expect } from 'chai';
import sinon from 'sinon';
import { type AggregateOptions, aggregate } from '../../src/index.ts';
import { executionRecord } from '../support/consignment.ts';
import { failure } from '../support/errors.ts';
import { mapRun } from '../support/map-run.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

/** Records as AWS writes them of items that did not succeed. */
function failed(Status: string, input: unknown, facts: object): object {
  const { Output: _, ...record } = executionRecord('', JSON.stringify(input));
  return { ...record, ...facts, Status };
}
const FAILED = [
  failed('FAILED', { n: 1 }, { Cause: 'it broke', Error: 'Broken' }),
  failed('TIMED_OUT', { n: 2 }, { Error: 'States.Timeout' }),
  failed('ABORTED', { n: 3 }, { Cause: 'stopped' }),
];
const BATCH = { BatchInput: { tag: 'b' }, Items: [{ n: 4 }, { n: 5 }] };
const PENDING = [{ Input: JSON.stringify(BATCH), InputDetails: { Included: true }, Status: 'PENDING' }];

describe('a run in which not everything succeeded, over HTTP', () => {
  let s3: S3;
  let bucket: Bucket;
  let manifest: { bucket: string; key: string };
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());
  beforeEach(async () => {
    bucket = await s3.bucket();
    const run = mapRun({
      succeeded: [['{"ok":1}'], ['{"ok":2.0}']],
      failed: [JSON.stringify(FAILED.slice(0, 2)), '[]', JSON.stringify(FAILED.slice(2))],
      pending: [JSON.stringify(PENDING)],
      bucket: bucket.name,
    });
    await bucket.putMapRun(run);
    manifest = { bucket: bucket.name, key: run.manifestKey };
  });
  afterEach(() => sinon.restore());

  const run = async (options: Partial<AggregateOptions>) => {
    const output = { bucket: bucket.name, key: 'out.json' };
    const summary = await aggregate({ manifest, output, client: s3.client, ...options });
    return { summary, document: await bucket.get('out.json') };
  };
  const STATUSES = { SUCCEEDED: 2, FAILED: 1, TIMED_OUT: 1, ABORTED: 1, PENDING: 1 };
  const unfolded = [...FAILED, ...PENDING].map((record) => {
    const { Input } = record as { Input: string };
    return { ...record, Input: JSON.parse(Input) as unknown };
  });
  const INPUTS = [{ n: 1 }, { n: 2 }, { n: 3 }, BATCH];

  it('is refused by default', async () => {
    const error = await failure('MapRunIncomplete', () => run({}));
    expect(error.message).to.include('3 FAILED').and.include('1 PENDING');
    expect(await bucket.keys()).to.not.include('out.json');
  });

  it('has them left out, and counted', async () => {
    const { summary, document } = await run({ failures: 'omit' });
    expect(document).to.equal('{"results":[{"ok":1},{"ok":2.0}]}');
    expect(summary).to.deep.include({ results: 2, statuses: STATUSES });
  });

  it('has them appended, and counted', async () => {
    const { summary, document } = await run({ failures: 'append', envelope: { more: 1 } });
    expect(JSON.parse(document)).to.deep.equal({
      results: [{ ok: 1 }, { ok: 2 }],
      failures: unfolded,
      more: 1,
    });
    expect(summary).to.deep.include({ results: 2, statuses: STATUSES });
  });

  for (const failures of ['omit', 'append'] as const) {
    it(`writes what is to be run again (failures: ${failures}), and counts each but once`, async () => {
      const { summary } = await run({ failures, rerun: `s3://${bucket.name}/rerun.json` });
      expect(JSON.parse(await bucket.get('rerun.json'))).to.deep.equal(INPUTS);
      expect(summary.statuses).to.deep.equal(STATUSES);
    });
  }

  it('counts statuses named like what objects inherit', async () => {
    const odd = ['constructor', '__proto__', 'constructor'].map((Status) => failed(Status, 1, {}));
    const more = mapRun({ succeeded: [['1']], failed: [JSON.stringify(odd)], bucket: bucket.name });
    await bucket.putMapRun(more);
    const { summary } = await run({
      manifest: { bucket: bucket.name, key: more.manifestKey },
      failures: 'omit',
    });
    expect(Object.entries(summary.statuses)).to.deep.equal([
      ['SUCCEEDED', 1],
      ['constructor', 2],
      ['__proto__', 1],
    ]);
  });

  it('writes it as JSON Lines where the name says so, with batches taken apart', async () => {
    const rerun = { bucket: bucket.name, key: 'rerun.jsonl' };
    await run({ failures: 'omit', rerun, rerunItems: true });
    const items = [{ n: 1 }, { n: 2 }, { n: 3 }, ...BATCH.Items];
    expect(await bucket.get('rerun.jsonl')).to.equal(
      items.map((item) => `${JSON.stringify(item)}\n`).join(''),
    );
  });

  it('writes an empty list when there is nothing to run again', async () => {
    const complete = mapRun({ succeeded: [['1']], bucket: bucket.name, prefix: 'complete' });
    await bucket.putMapRun(complete);
    await run({
      manifest: { bucket: bucket.name, key: complete.manifestKey },
      failures: 'omit',
      rerun: `s3://${bucket.name}/rerun.json`,
    });
    expect(await bucket.get('rerun.json')).to.equal('[]');
  });

  it('is refused when the rerun list would be written over something that is needed', async () => {
    for (const key of [manifest.key, 'out.json', manifest.key.replace('manifest', 'PENDING_0')]) {
      const rerun = { bucket: bucket.name, key };
      const error = await failure('DestinationIsInput', () => run({ failures: 'omit', rerun }));
      expect(error).to.include(rerun);
    }
  });

  it('is refused where a record is malformed, and nothing is left', async () => {
    await bucket.put(manifest.key.replace('manifest', 'FAILED_2'), '[{"Status":"FAILED"},{}]');
    const before = await bucket.keys();
    for (const options of [{}, { rerun: `s3://${bucket.name}/rerun.json` }]) {
      const error = await failure('ResultFileMalformed', () => run({ failures: 'append', ...options }));
      expect(error.message).to.include('FAILED_2.json: result ');
    }
    expect(await bucket.keys()).to.deep.equal(before);
  });

  describe('compared with DescribeMapRun', () => {
    const sfnClient = (succeeded: number, resultsWritten: number) =>
      ({ send: async () => ({ executionCounts: { succeeded, resultsWritten } }) }) as unknown as NonNullable<
        AggregateOptions['sfnClient']
      >;

    it('passes when all is there', async () => {
      const { summary } = await run({ failures: 'omit', verifyCounts: true, sfnClient: sfnClient(2, 6) });
      expect(summary.results).to.equal(2);
      await run({ failures: 'append', verifyCounts: true, sfnClient: sfnClient(2, 6) });
    });

    for (const [why, succeeded, resultsWritten] of [
      ['fewer than were written', 3, 7],
      ['more than were written', 1, 5],
      ['fewer of those that did not succeed', 2, 7],
    ] as const) {
      it(`fails, and leaves no object, when there are ${why}`, async () => {
        const options = {
          failures: 'append',
          verifyCounts: true,
          sfnClient: sfnClient(succeeded, resultsWritten),
        } as const;
        const error = await failure('CountsDiffer', () => run(options));
        expect(error.message).to.include(`${succeeded} children`).and.include(`${resultsWritten} results`);
        expect(await bucket.keys()).to.not.include('out.json');
        await bucket.deleteUnlessUploadsAreUnfinished();
      });
    }

    it('fails when Step Functions does not say', async () => {
      const send = () =>
        Promise.reject(Object.assign(new Error('no such Map Run'), { name: 'ResourceNotFound' }));
      const options = { failures: 'omit', verifyCounts: true, sfnClient: { send } as never } as const;
      const error = await failure('ReadFailed', () => run(options));
      expect(error.message).to.include('ResourceNotFound: no such Map Run');
      expect(await bucket.keys()).to.not.include('out.json');
    });

    it('is refused where there is nothing to compare', async () => {
      await bucket.put('bare.json', '[1,2]');
      const listed = { ResultFiles: { SUCCEEDED: [{ Key: 'bare.json', Size: 5 }] } };
      await bucket.put('no-arn.json', JSON.stringify(listed));
      await bucket.put(
        'arn.json',
        JSON.stringify({ ...listed, MapRunArn: 'arn:aws:states:r:0:mapRun:sm/M:id' }),
      );
      const options = { verifyCounts: true, sfnClient: sfnClient(2, 2) };
      const at = (key: string) => ({ ...options, manifest: { bucket: bucket.name, key } });
      const noArn = await failure('InvalidOption', () =>
        run({ ...at('no-arn.json'), transformation: 'COMPACT' }),
      );
      expect(noArn.message).to.include('MapRunArn');
      expect((await failure('InvalidOption', () => run(at('arn.json')))).message).to.include('COMPACT');
      await run({ ...at('arn.json'), transformation: 'COMPACT' });
    });
  });
});
