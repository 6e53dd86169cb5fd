import { Writable } from 'node:stream';
import { expect } from 'chai';
import { aggregate } from '../../src/index.ts';
import { first, nth } from '../support/fault-proxy.ts';
import { type FaultRow, fakeTimers, faultRows, megabytes } from '../support/fault-row.ts';
import {
  type Action,
  afterDoing,
  edited,
  endAfter,
  flipByte,
  ignoreRange,
  keepSilent,
  refuse,
  resetAfter,
  stallAfter,
  withChecksum,
} from '../support/faults.ts';
import { OUTPUT_TYPES } from '../support/forms.ts';
import { deferred, idle } from '../support/streams.ts';

const row = faultRows();

/** Three files, of which the second is in trouble. */
async function threeFiles(row: FaultRow): Promise<{ operation: 'GetObject'; key: string }> {
  await row.put([['1'], ['"é"', '22', '{"n":1234567}'], ['3']]);
  return { operation: 'GetObject', key: row.files[1] ?? '' };
}

/** An upload that has begun already, then a small file. */
async function largeThen(
  row: FaultRow,
  ...outputs: string[]
): Promise<{ operation: 'GetObject'; key: string }> {
  await row.put([megabytes(6), outputs]);
  return { operation: 'GetObject', key: row.files[1] ?? '' };
}

function ranges({ proxy }: FaultRow, key: string): (string | undefined)[] {
  return proxy.ledger.of('GetObject', key).map(({ range }) => range);
}

describe('the fault matrix: reading', () => {
  row('1: a GET reset in mid-body is resumed with Range and If-Match', async (row) => {
    const file = await threeFiles(row);
    row.proxy.on({ ...file, calls: nth(1) }, resetAfter(100));
    row.proxy.on({ ...file, calls: nth(2) }, resetAfter(200));
    row.proxy.on({ operation: 'GetObject', key: row.manifest, calls: nth(1) }, resetAfter(50));
    const { resumptions } = await row.succeeds();
    expect(resumptions).to.equal(3);
    expect(ranges(row, file.key)).to.deep.equal([undefined, 'bytes=100-', 'bytes=300-']);
    expect(ranges(row, row.manifest)).to.deep.equal([undefined, 'bytes=50-']);
    const [asked, again, oncemore] = row.proxy.ledger.of('GetObject', file.key);
    expect(asked?.ifMatch).to.equal(undefined);
    expect(again?.ifMatch).to.match(/^"[0-9a-f]{32}"$/);
    expect(oncemore?.ifMatch).to.equal(again?.ifMatch);
  });

  row('1: one of many MB is resumed wherever it was reset', async (row) => {
    await row.put([megabytes(7), megabytes(7)]);
    for (const key of row.files)
      for (const [index, bytes] of [1_000_000, 65_536, 3_333_333, 1].entries())
        row.proxy.on({ operation: 'GetObject', key, calls: nth(index + 1) }, resetAfter(bytes));
    const { resumptions } = await row.succeeds();
    expect(resumptions).to.equal(8);
  });

  // Of bare outputs, those of COMPACT and FLATTEN are read in the same way.
  for (const transformation of ['NONE', 'COMPACT'] as const)
    for (const outputType of OUTPUT_TYPES)
      row(`2: a cut at any byte makes no difference (${transformation}, ${outputType})`, async (row) => {
        const texts = ['{"é€😀\\n":"\\u00e9\\"","n":-12.5e-7}', '[true,1E+21]'];
        const elements =
          transformation === 'NONE' ? texts.map((Output) => JSON.stringify({ Output })) : texts;
        const content = outputType === 'JSON' ? `[${elements.join(',')}]` : `${elements.join('\n')}\n`;
        const length = Buffer.byteLength(content);
        await row.put(
          Array.from({ length }, () => texts),
          { content: () => content, extension: outputType.toLowerCase() },
        );
        for (const [offset, key] of row.files.entries())
          row.proxy.on({ operation: 'GetObject', key, calls: nth(1) }, resetAfter(offset));
        const { resumptions } = await row.succeeds({ transformation, outputType, concurrency: 50 });
        expect(resumptions).to.equal(length);
        for (const [offset, key] of row.files.entries())
          expect(ranges(row, key)).to.deep.equal([undefined, offset === 0 ? undefined : `bytes=${offset}-`]);
      });

  row('3: when every try dies, the tries are bounded', async (row) => {
    const file = await largeThen(row, '1', '2');
    row.proxy.on({ ...file, calls: nth(1) }, resetAfter(100));
    row.proxy.on(file, resetAfter(0));
    const error = await row.fails('ReadFailed', { readAttempts: 3 });
    expect(error).to.include({ key: file.key, byteOffset: 100 });
    expect(ranges(row, file.key)).to.have.length.within(3, 4);
  });

  row('3: progress resets the count of tries', async (row) => {
    const file = await threeFiles(row);
    row.proxy.on({ ...file, calls: first(10) }, resetAfter(100));
    const { resumptions } = await row.succeeds({ readAttempts: 2 });
    expect(resumptions).to.equal(10);
  });

  for (const [what, stall] of [
    ['its body', stallAfter(100)],
    ['its answer', keepSilent],
  ] as const) {
    row(`4: a GET that stalls in ${what} is resumed`, async (row) => {
      const file = await threeFiles(row);
      row.proxy.on({ ...file, calls: nth(1) }, stall);
      const { resumptions } = await row.succeeds({ stallTimeout: 500 });
      expect(resumptions).to.equal(1);
      expect(ranges(row, file.key)).to.have.length(2);
    });

    row(`4: when every try stalls in ${what}, the tries are bounded`, async (row) => {
      const file = await largeThen(row, '1');
      row.proxy.on({ ...file, calls: nth(1) }, stallAfter(100));
      row.proxy.on(file, what === 'its body' ? stallAfter(0) : stall);
      const error = await row.fails('ReadFailed', { stallTimeout: 500, readAttempts: 2 });
      expect(error).to.include({ key: file.key, byteOffset: 100 });
    });
  }

  for (const meanwhile of ['stays open', 'is closed by the server'])
    row(`5: a document not taken for long fails nothing: the GET ${meanwhile}`, async (row) => {
      await row.put([Array.from({ length: 500 }, (_, index) => `"${'x'.repeat(10_000)}${index}"`)]);
      const [paused, goOn] = [deferred(), deferred()];
      const half = 3_000_000; // More than is read ahead of the document.
      const inTwo: Action = async (exchange) => {
        const answer = await exchange.forward();
        await exchange.write(answer, 0, half);
        await goOn.promise;
        if (meanwhile !== 'stays open') return exchange.reset();
        await exchange.write(answer, half);
        exchange.end();
      };
      row.proxy.on({ operation: 'GetObject', key: row.files[0] ?? '', calls: nth(1) }, inTwo);

      const chunks: Buffer[] = [];
      const output = new Writable({
        highWaterMark: 1,
        async write(chunk: Buffer, _, callback) {
          if (chunks.push(chunk) === 2) {
            paused.resolve();
            await goOn.promise;
          }
          callback();
        },
      });
      const clock = fakeTimers();
      const working = aggregate(row.options({ output }));
      await paused.promise;
      await idle();
      await clock.tickAsync(600_000);
      clock.restore();
      goOn.resolve();
      const { resumptions } = await working;
      expect(Buffer.concat(chunks).toString() === row.document).to.equal(true);
      expect(resumptions).to.equal(meanwhile === 'stays open' ? 0 : 1);
    });

  row('6: a body that ends too early, its connection closed in good order, is resumed', async (row) => {
    const file = await threeFiles(row);
    row.proxy.on({ ...file, calls: nth(1) }, endAfter(100, 'all'));
    await row.succeeds();
    expect(ranges(row, file.key)).to.deep.equal([undefined, 'bytes=100-']);
  });

  row('6: a chunked body that ends between two results gives no short document', async (row) => {
    await row.put([['1', '2', '3']], { content: (outputs) => outputs.join('\n') });
    row.proxy.on({ operation: 'GetObject', key: row.files[0] ?? '' }, endAfter(4, 'nothing'));
    await row.fails('ReadFailed', { transformation: 'COMPACT', outputType: 'JSONL' });
  });

  row('6: nor does one whose length is a wrong one, where there is a checksum', async (row) => {
    await row.put([['1', '2', '3']], { content: (outputs) => outputs.join('\n') });
    const file = { operation: 'GetObject', key: row.files[0] ?? '' } as const;
    row.proxy.on(file, edited(withChecksum, endAfter(4, 'that')));
    await row.fails('ReadFailed', { transformation: 'COMPACT', outputType: 'JSONL' });
  });

  row('6: nor does one whose length is a wrong one, in the middle of an array', async (row) => {
    const file = await largeThen(row, '1', '2');
    row.proxy.on(file, endAfter(100, 'that'));
    const error = await row.fails('ResultFileMalformed');
    expect(error).to.include({ key: file.key });
  });

  const changed = JSON.stringify([{ Output: '"another version"' }]);
  row('7: an object that changes between tries fails the job', async (row) => {
    const file = await largeThen(row, '1', '2');
    row.proxy.on({ ...file, calls: nth(1) }, resetAfter(10));
    row.proxy.on(
      { ...file, calls: nth(2) },
      afterDoing(() => row.bucket.put(file.key, changed)),
    );
    const error = await row.fails('ResultFileChanged');
    expect(error).to.include({ key: file.key, byteOffset: 10 });
    expect(ranges(row, file.key)).to.have.length(2);
  });

  row('7: so it does where the store takes no notice of If-Match', async (row) => {
    const file = await largeThen(row, '1', '2');
    row.proxy.on({ ...file, calls: nth(1) }, resetAfter(10));
    const unconditionally = afterDoing(async ({ request }) => {
      await row.bucket.put(file.key, changed);
      delete request.headers['if-match'];
    });
    row.proxy.on({ ...file, calls: nth(2) }, unconditionally);
    const error = await row.fails('ResultFileChanged');
    expect(error).to.include({ key: file.key, byteOffset: 10 });
  });

  const elsewhere = edited(({ headers, ...answer }) => ({
    ...answer,
    headers: { ...headers, 'content-range': headers['content-range']?.toString().replace('100-', '99-') },
  }));
  for (const [what, action] of [
    ['ignored', ignoreRange],
    ['answered with another', elsewhere],
  ] as const)
    row(`8: a Range that is ${what} is an error, and no byte comes twice`, async (row) => {
      const file = await largeThen(row, '1', '2');
      row.proxy.on({ ...file, calls: nth(1) }, resetAfter(100));
      row.proxy.on(file, action);
      const error = await row.fails('ReadFailed');
      expect(error).to.include({ key: file.key, byteOffset: 100 });
      expect(ranges(row, file.key)).to.deep.equal([undefined, 'bytes=100-']);
    });

  for (const resumed of [false, true]) {
    const when = resumed ? 'after the GET was resumed' : 'in the first answer';
    row(`9: a flipped byte ${when} is caught by a checksum`, async (row) => {
      const file = await threeFiles(row);
      const flipAt = Buffer.from(await row.bucket.get(file.key)).indexOf('234567');
      const from = resumed ? 100 : 0;
      if (resumed) row.proxy.on({ ...file, calls: nth(1) }, edited(withChecksum, resetAfter(from)));
      row.proxy.on(file, edited(withChecksum, edited(flipByte(flipAt - from))));
      const error = await row.fails('ReadFailed');
      expect(error).to.include({ key: file.key });
      expect(error.message).to.match(/checksum|crc32/i);
    });
  }

  row('9: a checksum that is right holds across what was resumed', async (row) => {
    const file = await threeFiles(row);
    row.proxy.on({ ...file, calls: nth(1) }, edited(withChecksum, resetAfter(100)));
    row.proxy.on(file, edited(withChecksum));
    await row.succeeds();
  });

  row('10: 60 GETs at once that are each answered 503 twice succeed', async (row) => {
    await row.put(Array.from({ length: 60 }, (_, index) => [`${index}`]));
    for (const key of row.files)
      row.proxy.on({ operation: 'GetObject', key, calls: first(2) }, refuse(503, 'SlowDown'));
    await row.succeeds({ concurrency: 60 });
  });

  for (const [status, code, name] of [
    [403, 'AccessDenied', 'ReadFailed'],
    [404, 'NoSuchKey', 'ResultFileNotFound'],
  ] as const)
    row(`11: a ${status} on one file is an immediate error that names it`, async (row) => {
      const file = await largeThen(row, '1');
      row.proxy.on(file, refuse(status, code));
      const error = await row.fails(name);
      expect(error).to.include({ bucket: row.bucket.name, key: file.key });
      expect(error.message).to.include(file.key).and.include(code);
      expect(ranges(row, file.key)).to.have.length(1);
    });

  for (const [what, text, facts] of [
    ['malformed', '[{"Output":"1"},{"Output":"{"}]', { resultNumber: 2, byteOffset: 16 }],
    ['truncated', '[{"Output":"1"},{"Outp', { resultNumber: 2, byteOffset: 16 }],
    ['not even JSON', '[{"Output":"1"} x', { byteOffset: 16 }],
  ] as const)
    row(`12: JSON that is ${what} is an error with file and byte offset`, async (row) => {
      const file = await largeThen(row, '1');
      await row.bucket.put(file.key, text);
      const error = await row.fails('ResultFileMalformed');
      expect(error).to.include({ bucket: row.bucket.name, key: file.key, ...facts });
    });

  row('13: a missing file is an error', async (row) => {
    const file = await largeThen(row, '1');
    await row.bucket.remove(file.key);
    const error = await row.fails('ResultFileNotFound');
    expect(error).to.include({ bucket: row.bucket.name, key: file.key });
    expect(error.message).to.include(file.key);
  });

  row('13: an empty file is an error', async (row) => {
    const file = await largeThen(row, '1');
    await row.bucket.put(file.key, '');
    const error = await row.fails('ResultFileMalformed');
    expect(error).to.include({ bucket: row.bucket.name, key: file.key, byteOffset: 0 });
  });
});
