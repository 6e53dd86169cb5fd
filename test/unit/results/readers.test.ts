import { expect } from 'chai';
import { BATCH_SIZE, type Element, type Reading } from '../../../src/results/reader.ts';
import { READERS } from '../../../src/results/readers.ts';
import { executionRecord } from '../../support/consignment.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { recordsFile } from '../../support/map-run.ts';
import { chunked, collect } from '../../support/streams.ts';

const LOCATION = { bucket: 'b', key: 'SUCCEEDED_0.json' };
const RECORDS: Reading = { outputType: 'JSON', select: 'output', separator: ',', limits: LIMITS };

for (const [name, reader] of Object.entries(READERS)) {
  describe(`the reader ${name}`, () => {
    async function read(
      file: string | Uint8Array,
      chunkSize?: number,
      reading: Reading = RECORDS,
    ): Promise<string[]> {
      const batches = await collect(reader(chunked(file, chunkSize), LOCATION, reading));
      return batches.map((batch) => batch.bytes.toString());
    }

    const outputs = ['{"a":[1,2]}', '"é会😀"', '{}', '12', 'null', ' [ ] ', '"\\u00e9\\ud83d\\ude00"'];

    it('gives the text of each Output, in order, wherever the file is cut', async () => {
      const file = recordsFile(outputs);
      const length = Buffer.byteLength(file);
      for (let cut = 1; cut < length; cut++) {
        const source = [Buffer.from(file).subarray(0, cut), Buffer.from(file).subarray(cut)];
        const batches = await collect(reader(each(source), LOCATION, RECORDS));
        expect(batches).to.have.length(1);
        expect(batches[0]?.bytes.toString()).to.equal(outputs.join(','));
        expect(batches[0]?.count).to.equal(outputs.length);
      }
    });

    it('gives the same when it gets one byte a chunk', async () => {
      expect(await read(recordsFile(outputs), 1)).to.deep.equal([outputs.join(',')]);
    });

    it('carries an Output over that is larger than a chunk', async () => {
      const large = JSON.stringify('x'.repeat(300_000));
      expect(await read(recordsFile(['1', large, '2']), 65_536)).to.deep.equal([`1,${large}`, '2']);
    });

    it('gives nothing for an empty array', async () => {
      expect(await read('[]')).to.deep.equal([]);
      expect(await read(' [\n] ', 1)).to.deep.equal([]);
    });

    it('gathers small results into batches of about 64 KiB, and counts them', async () => {
      const texts = Array.from({ length: 5000 }, (_, index) =>
        JSON.stringify({ index, text: 'x'.repeat(40) }),
      );
      const batches = await collect(reader(chunked(recordsFile(texts), 65_536), LOCATION, RECORDS));
      expect(batches.map((batch) => batch.bytes.toString()).join(',')).to.equal(texts.join(','));
      expect(batches.reduce((sum, batch) => sum + batch.count, 0)).to.equal(texts.length);
      for (const { bytes } of batches.slice(0, -1))
        expect(bytes.length).to.be.within(BATCH_SIZE - 1, BATCH_SIZE + 100);
    });

    it('counts the elements, though nothing is made of most of them', async () => {
      const select = ({ number }: Element) => (number % 10_000 === 0 ? ['1', '2'] : []);
      const file = `[${'0,'.repeat(29_999)}0]`;
      const batches = await collect(reader(chunked(file, 999), LOCATION, { ...RECORDS, select }));
      expect(batches.map(({ bytes, ...counts }) => ({ text: bytes.toString(), ...counts }))).to.deep.equal([
        { text: '1,2,1,2,1,2', count: 6, elements: 30_000 },
      ]);
    });

    describe('carries text over as it was', () => {
      const texts = [
        '12345678901234567890',
        '1.0',
        '-0',
        '1E400',
        '{"b":1,"a":2,"b":3}',
        '"\\ud800"',
        '"é"',
        '"\\u00e9"',
        '{}',
        '{"__proto__":1}',
        '"\\/"',
        '[ 1 ,\n2 ]',
      ];
      for (const output of texts) {
        it(output, async () => {
          expect(await read(recordsFile([output]), 3)).to.deep.equal([output]);
        });
      }

      it("decodes the record's own escapes, of whatever kind", async () => {
        const file = '[{"Output":"\\u007b\\"a\\"\\u003a\\"\\u00e9\\/\\\\n\\"}"}]';
        expect(await read(file)).to.deep.equal(['{"a":"é/\\n"}']);
      });

      it('keeps a lone surrogate, which UTF-8 cannot hold, as an escape', async () => {
        expect(await read('[{"Output":"\\"\\ud800\\""},{"Output":"\\"a\\udfffb😀\\""}]')).to.deep.equal([
          '"\\ud800","a\\udfffb😀"',
        ]);
      });
    });

    describe('takes the Output of the record and no other', () => {
      const files: [why: string, file: string, expected: string][] = [
        ['a record with nothing else', '[{"Output":"1"}]', '1'],
        ['a nested member of that name', '[{"Input":{"Output":"2"},"A":[{"Output":"3"}],"Output":"1"}]', '1'],
        ['a member name with escapes', '[{"\\u004futput":"1"}]', '1'],
        ['the last one of several', '[{"Output":"1","Output":"2"}]', '2'],
        ['one after one that is no string', '[{"Output":7,"Output":"2"}]', '2'],
        ['a string of that name as a value', '[{"A":"Output","Output":"1"}]', '1'],
      ];
      for (const [why, file, expected] of files) {
        it(why, async () => {
          expect(await read(file, 1)).to.deep.equal([expected]);
        });
      }
    });

    describe('bounds the nesting of an Output', () => {
      const reading = { ...RECORDS, limits: { ...LIMITS, maxDepth: 3 } };

      for (const output of ['[[[1,2,3]]]', '{"a":{"b":[]}}', '"[[[[[[[["', '{"[[[[":["\\"[[[["]}']) {
        it(`takes ${output}`, async () => {
          expect(await read(recordsFile([output]), 3, reading)).to.deep.equal([output]);
        });
      }

      for (const output of ['[[[[]]]]', '[[[[1]]]] and no JSON', '{"a":[{"b":{}}]}', '[[[[[[[[[[']) {
        it(`refuses ${output}, however the file is cut`, async () => {
          const file = recordsFile(['1', output, '2']);
          for (const size of [1, 7, 10_000]) {
            const error = await failure('LimitExceeded', () => read(file, size, reading));
            expect(error).to.include({ ...LOCATION, resultNumber: 2 });
            expect(error.byteOffset).to.equal(file.indexOf('},{') + 2);
            expect(error.message).to.include(
              'has an Output nested deeper than 3 levels; if it should be, raise maxDepth',
            );
          }
        });
      }
    });

    it('reads an element of many tokens, a piece at a time', async () => {
      const bare = { ...RECORDS, select: 'bare' } as const;
      const file = JSON.stringify([Array.from({ length: 30_000 }, (_, index) => [index, `é${index}`, true])]);
      expect(await read(file, 65_536, bare)).to.deep.equal([file.slice(1, -1)]);
      const error = await failure('ResultFileMalformed', () =>
        read(file.replace('[29999,', '[029999,'), 65_536, bare),
      );
      expect(error).to.include({ resultNumber: 1, byteOffset: 1 });
    });

    describe('refuses with result number and byte offset, however the file is cut', () => {
      const good = JSON.stringify(executionRecord('1'));
      const second = good.length + 2; // [good,
      const bad: [why: string, record: string, words: string][] = [
        [
          'a record without Output',
          '{"Status":"SUCCEEDED"}',
          'result 2, at byte OFFSET, is an object without an Output; for bare outputs set transformation',
        ],
        ['an Output that is a number', '{"Output":5}', 'has an Output that is not a string'],
        ['an Output that is an object', '{"Output":{"a":"b"}}', 'has an Output that is not a string'],
        [
          'a last Output that is no string',
          '{"Output":"1","Output":null}',
          'has an Output that is not a string',
        ],
        ['an Output that is not JSON', '{"Output":"{a:1}"}', 'has an Output that is not JSON'],
        ['an Output that is two values', '{"Output":"1,2"}', 'has an Output that is not JSON'],
        ['an empty Output', '{"Output":""}', 'has an Output that is not JSON'],
        [
          'a number',
          '5',
          'is not an execution record, which would have an Output; for bare outputs set transformation',
        ],
        [
          'a string',
          '"Output"',
          'is not an execution record, which would have an Output; for bare outputs set transformation',
        ],
        [
          'an array',
          '["Output","1"]',
          'is not an execution record, which would have an Output; for bare outputs set transformation',
        ],
        ['a record that is not JSON', '{"Output":"1",}', 'is not JSON: Parser cannot parse input'],
        ['a record with brackets that do not match', '{"Output":"1"]', 'is not JSON'],
        ['a control character in a string', '{"Output":"1\n"}', 'is not JSON'],
        ['a number with a leading zero', '{"a":01,"Output":"1"}', 'is not JSON'],
        ['an escape that is none', '{"Output":"\\x31"}', 'is not JSON'],
        ['a word that is none', 'nulle', 'is not JSON'],
        ['bytes that are not UTF-8', '{"Output":"\xff"}', 'is not UTF-8'],
        ['half of a character', '{"Output":"\xc3"}', 'is not UTF-8'],
        ['a surrogate in UTF-8', '{"Output":"\xed\xa0\x80"}', 'is not UTF-8'],
      ];
      for (const [why, record, words] of bad) {
        it(why, async () => {
          const file = Buffer.from(`[${good},${record},${good}]`, 'latin1');
          for (const size of [1, 7, second, second + 1, second + record.length, 100_000]) {
            const error = await failure('ResultFileMalformed', () => read(file, size));
            expect(error).to.include({ ...LOCATION, resultNumber: 2, byteOffset: second });
            expect(error.message)
              .to.include('s3://b/SUCCEEDED_0.json')
              .and.include(words.replace('OFFSET', String(second)));
          }
        });
      }
    });

    it('reports the first of two faults, though both are in one chunk', async () => {
      const error = await failure('ResultFileMalformed', () =>
        read('[{"Output":"1"},{"Output":2},{"Output":3} x'),
      );
      expect(error.resultNumber).to.equal(2);
    });

    it("passes the source's own error on", async () => {
      const broken = new Error('socket hang up');
      async function* source() {
        yield Buffer.from('[{"Output":"1"},{"Out');
        throw broken;
      }
      let caught: unknown;
      await collect(reader(source(), LOCATION, RECORDS)).catch((error: unknown) => {
        caught = error;
      });
      expect(caught).to.equal(broken);
    });

    it('closes the source when it is given up', async () => {
      let closed = false;
      async function* source() {
        try {
          for (;;) yield Buffer.from(`[${'{"Output":"1"},'.repeat(60_000)}`);
        } finally {
          closed = true;
        }
      }
      for await (const _ of reader(source(), LOCATION, RECORDS)) break;
      expect(closed).to.equal(true);
    });

    it('asks for no more than it can pass on', async () => {
      let asked = 0;
      async function* source() {
        yield Buffer.from('[');
        for (;;) {
          asked++;
          yield Buffer.from('{"Output":"1"},'.repeat(5000));
        }
      }
      const batches = reader(source(), LOCATION, RECORDS);
      expect(asked).to.equal(0);
      await batches.next();
      const forTheFirst = asked;
      await new Promise(setImmediate);
      expect(asked).to.equal(forTheFirst);
      await batches.return();
    });
  });
}

async function* each(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
