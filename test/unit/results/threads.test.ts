import { availableParallelism } from 'node:os';
import { expect } from 'chai';
import type { Reader, Reading } from '../../../src/results/reader.ts';
import { READERS, type ReaderName } from '../../../src/results/readers.ts';
import { howManyThreads } from '../../../src/results/threads/how-many.ts';
import { BLOCK_SIZE, BLOCKS_AHEAD, FIRST_AHEAD, ThreadPool } from '../../../src/results/threads/pool.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { recordsFile } from '../../support/map-run.ts';
import { chunked, collect, deferred, idle } from '../../support/streams.ts';

const LOCATION = { bucket: 'b', key: 'SUCCEEDED_0.json' };
const RECORDS: Reading = { outputType: 'JSON', select: 'output', separator: ',', limits: LIMITS };

/** Some blocks of results. */
const TEXTS = Array.from({ length: 8_000 }, (_, index) => JSON.stringify({ index, text: 'é'.repeat(50) }));

describe('a thread', () => {
  let pool: ThreadPool;
  before(() => {
    pool = new ThreadPool(1);
  });
  after(() => pool.close());

  const text = async (reader: Reader, source: AsyncIterable<Buffer>, reading = RECORDS) => {
    const batches = await collect(reader(source, LOCATION, reading));
    return { text: batches.map(({ bytes }) => bytes.toString()).join(','), batches };
  };

  for (const name of Object.keys(READERS) as ReaderName[]) {
    describe(`with the reader ${name}`, () => {
      it('gives the same batches, in order, however the file is cut', async () => {
        const file = recordsFile(TEXTS);
        expect(file.length).to.be.above(3 * BLOCK_SIZE);
        const expected = await text(READERS[name], chunked(file));
        for (const size of [997, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, file.length * 2]) {
          const { text: got, batches } = await text(pool.reader(name), chunked(file, size));
          expect(got).to.equal(expected.text);
          for (const count of ['count', 'elements'] as const)
            expect(batches.reduce((sum, batch) => sum + batch[count], 0)).to.equal(TEXTS.length);
        }
      });

      it('reads several files at once', async () => {
        const files = [0, 1, 2, 3].map((n) => TEXTS.slice(n * 2_000, (n + 1) * 2_000));
        const read = await Promise.all(
          files.map((texts) => text(pool.reader(name), chunked(recordsFile(texts), 10_000))),
        );
        expect(read.map(({ text }) => text)).to.deep.equal(files.map((texts) => texts.join(',')));
      });

      it('gives nothing for an empty array', async () => {
        expect((await text(pool.reader(name), chunked('[]'))).batches).to.deep.equal([]);
      });

      for (const [what, content] of Object.entries({
        'a result that is none': recordsFile(TEXTS).replace('"Output":"{\\"index\\":7000,', '"Output":"{x'),
        'a file without an end': recordsFile(TEXTS).slice(0, -1),
        'an empty file': '',
      })) {
        it(`refuses ${what} as it is refused without threads, after the same batches`, async () => {
          const failing = async (reader: Reader) => {
            const batches: string[] = [];
            const error = await failure('ResultFileMalformed', async () => {
              for await (const { bytes } of reader(chunked(content, 50_000), LOCATION, RECORDS))
                batches.push(bytes.toString());
            });
            return { batches: batches.join(','), error };
          };
          const expected = await failing(READERS[name]);
          const { batches, error } = await failing(pool.reader(name));
          expect(batches).to.equal(expected.batches);
          expect(error.message).to.equal(expected.error.message);
          expect({ ...error }).to.deep.equal({ ...expected.error });
        });
      }
    });
  }

  it('passes on what the source throws, and closes the source when it is given up itself', async () => {
    const broken = new Error('broken');
    async function* breaking() {
      yield* chunked(recordsFile(TEXTS), 100_000);
      throw broken;
    }
    expect(await text(pool.reader('stream-json'), breaking()).catch((error: unknown) => error)).to.equal(
      broken,
    );

    let closed = false;
    async function* endless() {
      try {
        yield Buffer.from('[');
        for (;;) yield Buffer.from(`${recordsFile(TEXTS).slice(1, -1)},`);
      } finally {
        closed = true;
      }
    }
    for await (const _ of pool.reader('stream-json')(endless(), LOCATION, RECORDS)) break;
    expect(closed).to.equal(true);
  });

  it('takes the memory of a chunk where nothing else is in it, and copies it from any other', async () => {
    const [opening, result, closing] = ['[', '"1"', ']'].map((text) => new Uint8Array(Buffer.from(text)));
    const shared = new Uint8Array(Buffer.from(',"2",34'));
    async function* chunks() {
      for (const own of [opening, result]) yield Buffer.from((own as Uint8Array).buffer);
      yield Buffer.from(shared.buffer, 0, 4);
      yield Buffer.from(shared.buffer, 4, 2);
      yield Buffer.from((closing as Uint8Array).buffer);
    }
    const bare: Reading = { ...RECORDS, select: 'bare' };
    expect((await text(pool.reader('scanner'), chunks(), bare)).text).to.equal('"1","2",3');
    expect([opening, result, closing].map((own) => own?.length)).to.deep.equal([0, 0, 0]);
    expect(Buffer.from(shared).toString()).to.equal(',"2",34');
  });

  it('gives results of a chunk larger than a block before it asks for the next chunk', async () => {
    const asked = deferred<void>();
    async function* large() {
      yield Buffer.from(`[${TEXTS.join(',')}]`);
      await asked.promise;
    }
    const batches = pool.reader('stream-json')(large(), LOCATION, { ...RECORDS, select: 'bare' });
    const first = await batches.next();
    asked.resolve();
    const rest = await collect(batches);
    expect([first.value, ...rest].map((batch) => String(batch?.bytes)).join(',')).to.equal(TEXTS.join(','));
  });

  it('asks for no more than the blocks that it may have, while nobody takes its batches', async () => {
    let given = 0;
    async function* endless() {
      yield Buffer.from('[');
      for (;;) {
        given += BLOCK_SIZE;
        yield Buffer.from(`"${'x'.repeat(BLOCK_SIZE - 3)}",`);
      }
    }
    const bare: Reading = { ...RECORDS, select: 'bare' };
    const batches = pool.reader('stream-json')(endless(), LOCATION, bare);
    await batches.next();
    await idle();
    expect(given).to.be.at.most((FIRST_AHEAD + 2) * BLOCK_SIZE);
    let taken = 0;
    for (let i = 0; i < 20 * BLOCKS_AHEAD; i++) taken += (await batches.next()).value?.bytes.length ?? 0;
    await idle();
    expect(given - taken).to.be.at.most((BLOCKS_AHEAD + 2) * BLOCK_SIZE);
    expect(given - taken).to.be.above((BLOCKS_AHEAD - 2) * BLOCK_SIZE);
    await batches.return();
  });

  it('fails what it was reading when it ends before its time', async () => {
    const ending = new ThreadPool(1);
    const stalled = deferred();
    async function* stalling() {
      yield Buffer.from('[]');
      await stalled.promise;
    }
    const reading = collect(ending.reader('stream-json')(stalling(), LOCATION, RECORDS));
    await ending.close();
    stalled.resolve();
    const error = await reading.catch((error: unknown) => error);
    expect(error).to.be.an('error').with.property('message').that.includes('the thread ended');
  });
});

describe('howManyThreads', () => {
  const plan = (files: number, bytes: number) => ({ files: Array.from({ length: files }), bytes });

  it('is as many as are asked for, but no more than there are files', () => {
    expect(howManyThreads({ threads: 3 }, plan(8, 1))).to.equal(3);
    expect(howManyThreads({ threads: 3 }, plan(2, 1))).to.equal(2);
    expect(howManyThreads({ threads: 0 }, plan(8, 1e9))).to.equal(0);
  });

  it('is none for what is read before a thread has started', () => {
    expect(howManyThreads({ threads: 'auto' }, plan(8, 1_000_000))).to.equal(0);
  });

  it('is one of its own accord, where there is another core', () => {
    const isAlone = availableParallelism() === 1;
    expect(howManyThreads({ threads: 'auto' }, plan(100, 1e12))).to.equal(isAlone ? 0 : 1);
  });

  it('is none where a function of the caller changes results', () => {
    expect(howManyThreads({ threads: 3, map: (value: unknown) => value }, plan(8, 1e9))).to.equal(0);
  });
});
