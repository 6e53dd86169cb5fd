import { expect } from 'chai';
import { countStatus, inputOf, type StatusCounts, unfoldRecord } from '../../../src/results/failures.ts';
import type { Limits } from '../../../src/results/limits.ts';
import type { Extract } from '../../../src/results/reader.ts';
import { streamJsonReader } from '../../../src/results/stream-json.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { chunked, collect } from '../../support/streams.ts';

async function read(
  records: readonly unknown[] | string,
  select: Extract,
  limits: Limits = LIMITS,
): Promise<string> {
  const file = typeof records === 'string' ? records : JSON.stringify(records);
  const reading = { outputType: 'JSON', select, separator: ',', limits } as const;
  const batches = await collect(streamJsonReader(chunked(file, 11), { path: 'FAILED_0.json' }, reading));
  return batches.map((batch) => batch.bytes.toString()).join(',');
}

const FAILED = { Cause: 'c "é"', Error: 'E', Input: '{"n":1.0}', Status: 'FAILED' };
const PENDING = { Input: '12345678901234567890', Status: 'PENDING' };

describe('records of items that did not succeed', () => {
  it('are counted by status, though nothing else is made of them', async () => {
    const counts: StatusCounts = {};
    const statuses = ['FAILED', 'TIMED_OUT', 'FAILED', 'ABORTED', 'PENDING'].map((Status) => ({ Status }));
    expect(await read(statuses, countStatus(counts))).to.equal('');
    expect(counts).to.deep.equal({ FAILED: 2, TIMED_OUT: 1, ABORTED: 1, PENDING: 1 });
  });

  it('are unfolded: Input and Output in place of the strings that hold them, text as it was', async () => {
    const counts: StatusCounts = {};
    const odd = { Input: 'not JSON', Output: '{"b":1,"a":2,"b":3}', RedriveCount: 0, Status: 'ABORTED' };
    expect(await read([FAILED, PENDING, odd], unfoldRecord(counts))).to.equal(
      '{"Cause":"c \\"é\\"","Error":"E","Input":{"n":1.0},"Status":"FAILED"},' +
        '{"Input":12345678901234567890,"Status":"PENDING"},' +
        '{"Input":"not JSON","Output":{"b":1,"a":2,"b":3},"RedriveCount":0,"Status":"ABORTED"}',
    );
    expect(counts).to.deep.equal({ FAILED: 1, PENDING: 1, ABORTED: 1 });
  });

  describe('give their Inputs', () => {
    const batch = {
      Input: '{"BatchInput":{"Items":[0]},"Items":[1.0,{"a":[12345678901234567890,"é\\"",{}]},[],"",null]}',
      Status: 'FAILED',
    };

    it('as they were', async () => {
      expect(await read([FAILED, PENDING, batch], inputOf({}, false))).to.equal(
        `{"n":1.0},12345678901234567890,${batch.Input}`,
      );
    });

    it('with batches taken apart', async () => {
      expect(await read([FAILED, batch, PENDING], inputOf({}, true))).to.equal(
        '{"n":1.0},1.0,{"a":[12345678901234567890,"é\\"",{}]},[],"",null,12345678901234567890',
      );
    });

    it('but for those that only look like batches', async () => {
      const inputs = ['{"Items":5}', '{"Items":[1],"more":2}', '["Items"]', '{"BatchInput":1}'];
      const records = inputs.map((Input) => ({ Input, Status: 'FAILED' }));
      expect(await read(records, inputOf({}, true))).to.equal(inputs.join(','));
      expect(await read([{ Input: '{"Items":[]}', Status: 'FAILED' }], inputOf({}, true))).to.equal('');
    });

    for (const Input of [undefined, 5, '{']) {
      it(`and are refused with an Input of ${JSON.stringify(Input)}`, async () => {
        const error = await failure('ResultFileMalformed', () =>
          read([FAILED, { Input, Status: 'FAILED' }], inputOf({}, false)),
        );
        expect(error.message).to.include('result 2').and.include('has no Input to run its item again with');
      });
    }
  });

  it('are refused where one has succeeded, as its result would be lost', async () => {
    const records = [FAILED, { ...PENDING, Status: 'SUCCEEDED' }];
    for (const select of [countStatus({}), unfoldRecord({}), inputOf({}, false)]) {
      const error = await failure('ResultFileMalformed', () => read(records, select));
      expect(error.message).to.include('result 2').and.include('has succeeded');
    }
  });

  it('are refused where their Input or Output is nested too deep', async () => {
    const limits = { ...LIMITS, maxDepth: 3 };
    for (const name of ['Input', 'Output']) {
      const records = [FAILED, { Status: 'FAILED', Input: '1', [name]: '[[[[]]]]' }];
      const error = await failure('LimitExceeded', () => read(records, unfoldRecord({}), limits));
      expect(error).to.include({ resultNumber: 2 });
      expect(error.message).to.include(`has an ${name} nested deeper than 3 levels`);
    }
    await failure('LimitExceeded', () =>
      read([{ Input: '[[[[]]]]', Status: 'FAILED' }], inputOf({}, true), limits),
    );
  });

  it('are refused where they have members too deep to be written anew, though not too deep to be read', async () => {
    const file = `[{"Status":"FAILED","a":${'['.repeat(9998)}${']'.repeat(9998)}}]`;
    const limits = { ...LIMITS, maxDepth: 10_000 };
    const error = await failure('LimitExceeded', () => read(file, unfoldRecord({}), limits));
    expect(error).to.include({ resultNumber: 1, byteOffset: 1 });
    expect(error.cause).to.be.an.instanceOf(RangeError);
  });

  it('are refused when they are none', async () => {
    for (const extract of [countStatus({}), unfoldRecord({}), inputOf({}, false)]) {
      expect((await failure('ResultFileMalformed', () => read([5], extract))).message).to.include(
        'is not an execution record',
      );
      expect((await failure('ResultFileMalformed', () => read([{}], extract))).message).to.include(
        'without a Status',
      );
    }
  });
});
