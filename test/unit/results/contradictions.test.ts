import { expect } from 'chai';
import sinon from 'sinon';
import { type AggregateOptions, aggregate } from '../../../src/index.ts';
import { READERS, type ReaderName } from '../../../src/results/readers.ts';
import { executionRecord } from '../../support/consignment.ts';
import { failure } from '../../support/errors.ts';
import { mapRun } from '../../support/map-run.ts';
import { stubS3 } from '../../support/stub-s3.ts';

const READER_NAMES = Object.keys(READERS) as ReaderName[];
const RECORD = JSON.stringify(executionRecord('1'));

interface Row {
  readonly when: string;
  readonly files: readonly string[];
  readonly extension?: 'json' | 'jsonl';
  readonly options?: Partial<AggregateOptions>;
  /** Index of the file that is named. */
  readonly file: number;
  readonly resultNumber?: number;
  readonly byteOffset: number;
  readonly words: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    when: 'JSONL is named for a JSON array of records',
    files: [`[${RECORD},${RECORD}]`],
    options: { outputType: 'JSONL' },
    file: 0,
    resultNumber: 1,
    byteOffset: 0,
    words: ['is an array that no newline ends', 'set outputType to JSON'],
  },
  {
    when: 'a .jsonl file holds a JSON array',
    files: ['[1,2,3]'],
    extension: 'jsonl',
    file: 0,
    resultNumber: 1,
    byteOffset: 0,
    words: ['set outputType to JSON'],
  },
  {
    when: 'JSON is named for JSON Lines',
    files: [`${RECORD}\n${RECORD}\n`],
    options: { outputType: 'JSON' },
    file: 0,
    byteOffset: 0,
    words: ['expected the [ of an array', 'set outputType to JSONL'],
  },
  {
    when: 'JSON Lines of arrays are called .json',
    files: ['[1]\n[2]\n'],
    file: 0,
    byteOffset: 4,
    words: ['expected the end of the file', 'set outputType to JSONL'],
  },
  {
    when: 'a later file is of another type than the first',
    files: ['[]', `[${RECORD}]`, `${RECORD}\n`],
    file: 2,
    byteOffset: 0,
    words: ['set outputType to JSONL'],
  },
  {
    when: 'there is a bare value among records',
    files: [`[${RECORD}]`, `[${RECORD},7,${RECORD}]`],
    file: 1,
    resultNumber: 2,
    byteOffset: RECORD.length + 2,
    words: ['is not an execution record', 'set transformation to COMPACT or FLATTEN'],
  },
  {
    when: 'there is a bare object among records',
    files: [`[${RECORD},{"a":1}]`],
    file: 0,
    resultNumber: 2,
    byteOffset: RECORD.length + 2,
    words: ['is an object without an Output', 'set transformation to COMPACT or FLATTEN'],
  },
  {
    when: 'there is a record among bare values',
    files: ['[{"a":1}]', `[{"b":2},${RECORD}]`],
    file: 1,
    resultNumber: 2,
    byteOffset: 9,
    words: ['is an execution record, which the first result is not', 'set transformation'],
  },
  {
    when: 'NONE is named for bare values',
    files: ['[1]'],
    options: { transformation: 'NONE' },
    file: 0,
    resultNumber: 1,
    byteOffset: 1,
    words: ['Output', 'set transformation to COMPACT or FLATTEN'],
  },
  {
    when: 'the Output of a record is a number',
    files: [`[${RECORD},${RECORD.replace('"Output":"1"', '"Output":1')}]`],
    file: 0,
    resultNumber: 2,
    byteOffset: RECORD.length + 2,
    words: ['has an Output that is not a string'],
  },
  {
    when: 'the Output of the very first record is a number',
    files: [`[${RECORD.replace('"Output":"1"', '"Output":1')}]`],
    file: 0,
    resultNumber: 1,
    byteOffset: 1,
    words: ['has an Output that is not a string'],
  },
  {
    when: 'a record that succeeded has no Output',
    files: [`[${RECORD.replace('"Output":"1",', '')}]`],
    file: 0,
    resultNumber: 1,
    byteOffset: 1,
    words: ['without an Output'],
  },
  {
    when: 'a line holds two values',
    files: ['1\n2,3\n'],
    extension: 'jsonl',
    file: 0,
    resultNumber: 2,
    byteOffset: 2,
    words: ['is not one JSON value'],
  },
];

describe('result files that contradict what is said of them, or one another', () => {
  afterEach(() => sinon.restore());

  for (const { when, files, extension = 'json', options, file, resultNumber, byteOffset, words } of ROWS) {
    for (const reader of READER_NAMES)
      it(`are refused when ${when}, by ${reader}`, async () => {
        const run = mapRun({
          succeeded: files.map((text) => [text]),
          content: ([text]) => text ?? '',
          extension,
        });
        const s3 = stubS3(run.files);
        const manifest = { bucket: 'bucket', key: run.manifestKey };
        const error = await failure('ResultFileMalformed', () =>
          aggregate({ manifest, client: s3.client, reader, ...options }),
        );
        expect(error).to.include({
          byteOffset,
          key: run.manifestKey.replace('manifest.json', `SUCCEEDED_${file}.${extension}`),
        });
        expect(error.resultNumber).to.equal(resultNumber);
        for (const word of words) expect(error.message).to.include(word);
        expect(s3.sent).to.not.include('PutObject');
      });
  }

  it('are taken for what they are said to be', async () => {
    const run = mapRun({ succeeded: [[`[${RECORD}]`], ['[1]']], content: ([text]) => text ?? '' });
    const s3 = stubS3(run.files);
    const options = { manifest: { bucket: 'bucket', key: run.manifestKey }, client: s3.client };
    const { key = '' } = await aggregate({ ...options, transformation: 'COMPACT' });
    expect(s3.object(key)).to.equal(`{"results":[${RECORD},1]}`);
  });
});
