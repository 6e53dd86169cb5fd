import { expect } from 'chai';
import sinon from 'sinon';
import { first, nth } from '../support/fault-proxy.ts';
import { type FaultRow, faultRows, megabytes, OUTPUT } from '../support/fault-row.ts';
import {
  afterDoing,
  beforeAnswering,
  failLate,
  keepSilent,
  loseAnswer,
  refuse,
  resetUnheard,
  stallAfter,
} from '../support/faults.ts';
import type { Operation } from '../support/s3-request.ts';
import { deferred } from '../support/streams.ts';

const row = faultRows();

const COMPLETE = { operation: 'CompleteMultipartUpload' } as const;
const PUT = { operation: 'PutObject' } as const;
const ABORT = { operation: 'AbortMultipartUpload' } as const;
const part = (part: number) => ({ operation: 'UploadPart', part }) as const;

/** Both ways in which a document is made. */
const PARTS = () => [megabytes(6)];
const AT_ONCE = () => [['1', '2']];
const WAYS = [
  { what: 'an upload', finish: COMPLETE, outputs: PARTS },
  { what: 'a small document', finish: PUT, outputs: AT_ONCE },
];

/** Two parts, and a second file that the first of them does not need. */
async function twoParts(row: FaultRow): Promise<void> {
  await row.put([megabytes(6), megabytes(1)]);
}

function count({ proxy }: FaultRow, operation: Operation): number {
  return proxy.ledger.of(operation).length;
}

function countPart({ proxy }: FaultRow, number: number): number {
  return proxy.ledger.of('UploadPart').filter(({ partNumber }) => partNumber === number).length;
}

describe('the fault matrix: uploading', () => {
  row('14: parts that are answered 503 or 500 a few times are retried', async (row) => {
    await twoParts(row);
    row.proxy.on({ ...part(1), calls: first(2) }, refuse(503, 'SlowDown'));
    row.proxy.on({ ...part(2), calls: first(1) }, refuse(500, 'InternalError'));
    await row.succeeds();
    expect([1, 2].map((number) => countPart(row, number))).to.deep.equal([3, 2]);
  });

  row('15: a part that is answered 403 fails fast: GETs closed, upload aborted', async (row) => {
    await twoParts(row);
    await row.putOld();
    row.proxy.on(part(1), refuse(403, 'AccessDenied'));
    const error = await row.fails('WriteFailed');
    expect(error).to.include({ bucket: row.bucket.name, key: OUTPUT }).and.not.have.property('uploadId');
    expect(error.message).to.include(OUTPUT).and.include('AccessDenied');
    expect(countPart(row, 1)).to.equal(1);
    expect(count(row, 'CompleteMultipartUpload')).to.equal(0);
  });

  row('16: so it does while the source stalls', async (row) => {
    await twoParts(row);
    const stalled = deferred();
    const stalling = afterDoing(() => stalled.resolve(), stallAfter(100_000));
    row.proxy.on({ operation: 'GetObject', key: row.files[1] ?? '' }, stalling);
    row.proxy.on(
      part(1),
      afterDoing(() => stalled.promise, refuse(403, 'AccessDenied')),
    );
    const error = await row.fails('WriteFailed');
    expect(error.message).to.include('AccessDenied');
  });

  row('17: a part that is stored, its answer lost, is retried, and nothing comes twice', async (row) => {
    await twoParts(row);
    for (const number of [1, 2]) row.proxy.on({ ...part(number), calls: nth(1) }, loseAnswer);
    await row.succeeds();
    expect([1, 2].map((number) => countPart(row, number))).to.deep.equal([2, 2]);
    expect(row.proxy.ledger.uploads.size).to.equal(1);
  });

  for (const [what, after] of [
    ['an error', ''],
    ['an error and a newline', '\n'],
  ] as const) {
    row(`18: a Complete that says 200 with ${what} once is retried`, async (row) => {
      await twoParts(row);
      row.proxy.on({ ...COMPLETE, calls: nth(1) }, failLate('InternalError', after));
      await row.succeeds();
      expect(count(row, 'CompleteMultipartUpload')).to.equal(2);
    });

    row(`18: a Complete that always says 200 with ${what} is never taken for a success`, async (row) => {
      await twoParts(row);
      await row.putOld();
      row.proxy.on(COMPLETE, failLate('InternalError', after));
      await row.fails('WriteFailed');
    });
  }

  for (const { what, finish, outputs } of WAYS) {
    for (const overwrite of [true, false]) {
      const how = overwrite ? '' : ' where nothing may be overwritten';
      row(`19: ${what} whose last answer is lost is recognised as a success${how}`, async (row) => {
        await row.put(outputs());
        row.proxy.on({ ...finish, calls: nth(1) }, loseAnswer);
        await row.succeeds({ overwrite });
      });

      row(`19: so is ${what} of which no answer ever comes back${how}`, async (row) => {
        await row.put(outputs());
        row.proxy.on(finish, loseAnswer);
        const { etag } = await row.succeeds({ overwrite });
        expect(etag).to.match(finish === PUT ? /^"[0-9a-f]{32}"$/ : /^"[0-9a-f]{32}-2"$/);
      });
    }

    row(`19: ${what} of which the server never heard is no success, whatever is there`, async (row) => {
      await row.put(outputs());
      await row.putOld();
      row.proxy.on(finish, resetUnheard);
      await row.fails('WriteFailed');
    });
  }

  for (const { what, finish, outputs } of WAYS) {
    row(`20: ${what} finds the destination there from the beginning, and does not begin`, async (row) => {
      await row.put(outputs());
      await row.putOld();
      const error = await row.fails('DestinationExists', { overwrite: false });
      expect(error).to.include({ bucket: row.bucket.name, key: OUTPUT });
      expect(count(row, 'CreateMultipartUpload') + count(row, 'PutObject')).to.equal(0);
    });

    row(`20: ${what} finds the destination there at the end (412)`, async (row) => {
      await row.put(outputs());
      row.proxy.on(
        finish,
        afterDoing(() => row.putOld()),
      );
      const error = await row.fails('DestinationExists', { overwrite: false });
      expect(error).to.include({ bucket: row.bucket.name, key: OUTPUT });
      expect(error.message).to.include(OUTPUT).and.include('PreconditionFailed');
      expect(row.proxy.ledger.of(finish.operation)[0]).to.include({ ifNoneMatch: '*' });
    });

    row(`20: ${what} that meets another (409) fails so that it can be tried again`, async (row) => {
      await row.put(outputs());
      row.proxy.on({ ...finish, calls: nth(1) }, refuse(409, 'ConditionalRequestConflict'));
      const error = await row.fails('DestinationConflict', { overwrite: false });
      expect(error.message).to.include(OUTPUT).and.include('ConditionalRequestConflict');
      await row.succeeds({ overwrite: false });
    });
  }

  for (const [what, action] of [
    ['refused', refuse(403, 'AccessDenied')],
    ['never heard', resetUnheard],
    ['never answered', keepSilent],
  ] as const)
    row(`21: when even the abort is ${what}, the first error is thrown and names the upload`, async (row) => {
      await twoParts(row);
      row.leftovers = 1;
      const patience = new AbortController();
      sinon.stub(AbortSignal, 'timeout').returns(patience.signal);
      row.proxy.on(part(2), refuse(403, 'InvalidPartOfTheTest'));
      row.proxy.on(
        ABORT,
        afterDoing(() => action === keepSilent && patience.abort(), action),
      );
      const error = await row.fails('WriteFailed');
      const [upload] = row.proxy.ledger.unfinishedUploads;
      expect(error).to.include({ bucket: row.bucket.name, key: OUTPUT, uploadId: upload?.id });
      expect(error.message).to.include('InvalidPartOfTheTest').and.include(upload?.id);
      expect(error.cause).to.have.property('name', 'InvalidPartOfTheTest');
    });

  const MOMENTS: readonly [Operation, outputs: () => string[][], outcome: 'fails' | 'succeeds'][] = [
    ['CreateMultipartUpload', PARTS, 'fails'],
    ['UploadPart', PARTS, 'fails'],
    // These are not cancelled, as it could not be told then whether they were done.
    ['CompleteMultipartUpload', PARTS, 'succeeds'],
    ['PutObject', AT_ONCE, 'succeeds'],
  ];
  for (const [operation, outputs, outcome] of MOMENTS)
    for (const [when, doing] of [
      ['before', afterDoing],
      ['after', beforeAnswering],
    ] as const)
      row(`22: aborted by the caller just ${when} ${operation}, it ${outcome}, and says so`, async (row) => {
        await row.put(outputs());
        await row.putOld();
        const caller = new AbortController();
        const abort = () => caller.abort(new Error('enough'));
        row.proxy.on({ operation }, doing(abort));
        if (outcome === 'fails') {
          const error = await row.fails('AbortError', { signal: caller.signal });
          expect(error.cause).to.have.property('message', 'enough');
        } else {
          await row.succeeds({ signal: caller.signal });
        }
      });

  row('22: aborted by the caller while Complete fails, it does not try again', async (row) => {
    await twoParts(row);
    await row.putOld();
    const caller = new AbortController();
    row.proxy.on(
      COMPLETE,
      afterDoing(() => caller.abort(), failLate('InternalError', '\n')),
    );
    await row.fails('AbortError', { signal: caller.signal });
    expect(count(row, 'CompleteMultipartUpload')).to.equal(1);
  });

  row('22: aborted by the caller while a file is read, it closes the GETs', async (row) => {
    await twoParts(row);
    await row.putOld();
    const caller = new AbortController();
    const [stalled, uploading] = [deferred(), deferred()];
    const stalling = afterDoing(() => stalled.resolve(), stallAfter(100_000));
    row.proxy.on({ operation: 'GetObject', key: row.files[1] ?? '' }, stalling);
    row.proxy.on(
      part(1),
      afterDoing(() => uploading.resolve()),
    );
    const failing = row.fails('AbortError', { signal: caller.signal });
    await Promise.all([stalled.promise, uploading.promise]);
    caller.abort();
    await failing;
  });
});
