import { expect } from 'chai';
import { type Frame, Framer } from '../../../src/results/framer.ts';
import { type OutputType, refusal } from '../../../src/results/reader.ts';
import { failure } from '../../support/errors.ts';
import { chunked, collect } from '../../support/streams.ts';

interface Found {
  readonly text: string;
  readonly byteOffset: number;
  readonly resultNumber: number;
}

/** The elements that the framer finds, whatever frames they come in; their strings must be strings. */
async function frame(file: string, chunkSize: number, outputType: OutputType): Promise<Found[]> {
  const framer = new Framer(outputType, refusal({ path: 'file' }));
  const elements: Found[] = [];
  const take = (frames: Iterable<Frame>) => {
    for (const { bytes, bounds, strings, byteOffset, resultNumber } of frames) {
      for (let i = 0; i < bounds.length; i += 2) {
        const [start = 0, end] = [bounds[i], bounds[i + 1]];
        const text = bytes.subarray(start, end).toString();
        elements.push({ text, byteOffset: byteOffset + start, resultNumber: resultNumber + i / 2 });
      }
      for (let i = 0; i < strings.length; i += 2)
        expect(JSON.parse(bytes.subarray(strings[i], strings[i + 1]).toString())).to.be.a('string');
    }
  };
  for await (const chunk of chunked(file, chunkSize)) take(framer.push(chunk));
  take(framer.end());
  return elements;
}

async function sizes(file: string): Promise<number[]> {
  return (await collect(chunked(file, 1))).map((_, index) => index + 1);
}

describe('Framer of JSON', () => {
  const arrays = [
    [],
    [1],
    [1, -2.5e10, 'a', true, false, null],
    [{}],
    [{ a: [{ b: '}]' }, '\\', '"', '\\"'] }, [], [[]], ''],
    [
      'é',
      '会',
      '😀',
      '\u0000',
      '\x7f',
      'long '.repeat(9),
      '"'.repeat(30),
      '\\'.repeat(30),
      `"${'\u0001'.repeat(30)}`,
    ],
    [{ 'a long name of a member, of which there are few': 'a long text, in which there is a "quote"' }],
  ];

  for (const array of arrays) {
    const compact = JSON.stringify(array);
    for (const json of [compact, ` \r\n\t${JSON.stringify(array, null, 2)}\n`]) {
      it(`finds the elements of ${JSON.stringify(json)}, however it is cut`, async () => {
        for (const size of await sizes(json)) {
          const elements = await frame(json, size, 'JSON');
          expect(elements.map((element) => JSON.parse(element.text))).to.deep.equal(array);
          for (const [index, { text, byteOffset, resultNumber }] of elements.entries()) {
            expect(resultNumber).to.equal(index + 1);
            expect(Buffer.from(json).indexOf(text, byteOffset)).to.equal(byteOffset);
          }
        }
      });
    }
  }

  const faults: [json: string, byteOffset: number, resultNumber: number | undefined, words: string][] = [
    ['', 0, undefined, 'the file is empty'],
    [' \n', 2, undefined, 'the file is empty'],
    ['{"a":1}', 0, undefined, 'expected the [ of an array'],
    ['\ufeff[]', 0, undefined, 'expected the [ of an array'],
    ['[', 1, undefined, 'ends before its array does'],
    ['[1', 1, 1, 'has no end: the file ends at byte 2'],
    ['[1,{"a":"]', 3, 2, 'has no end: the file ends at byte 10'],
    ['["a\\"]', 1, 1, 'has no end: the file ends at byte 6'],
    ['[1 ', 3, undefined, 'ends before its array does'],
    ['[{},', 4, undefined, 'ends before its array does'],
    ['[,1]', 1, undefined, 'expected a result or the end of the array'],
    ['[1,]', 3, undefined, 'expected a result'],
    ['[1,,2]', 3, undefined, 'expected a result'],
    ['[{} {}]', 4, undefined, 'expected a comma or the end of the array'],
    ['["a""b"]', 4, undefined, 'expected a comma or the end of the array'],
    ['[]x', 2, undefined, 'expected the end of the file'],
    ['[]\n[]', 3, undefined, 'expected the end of the file'],
  ];
  for (const [json, byteOffset, resultNumber, words] of faults) {
    it(`refuses ${JSON.stringify(json)} at byte ${byteOffset}, however it is cut`, async () => {
      for (const size of [1, 2, 3, 100]) {
        const error = await failure('ResultFileMalformed', () => frame(json, size, 'JSON'));
        expect(error).to.include({ byteOffset, path: 'file' });
        expect(error.resultNumber).to.equal(resultNumber);
        expect(error.message).to.include(words);
      }
    });
  }

  it('gives the elements before a fault first, however they are cut', async () => {
    for (const size of [1, 2, 3, 100]) {
      const framer = new Framer('JSON', refusal({ path: 'file' }));
      let elements = 0;
      await failure('ResultFileMalformed', async () => {
        for await (const chunk of chunked('[1,2,3 4]', size)) {
          for (const { bounds } of framer.push(chunk)) elements += bounds.length / 2;
        }
      });
      expect(elements).to.equal(3);
    }
  });
});

describe('Framer of JSON Lines', () => {
  const files: [why: string, file: string, expected: [string, number, number][]][] = [
    ['nothing', '', []],
    [
      'lines that each end in a newline',
      '1\n"a"\n{}\n',
      [
        ['1', 0, 1],
        ['"a"', 2, 2],
        ['{}', 6, 3],
      ],
    ],
    [
      'a last line without one',
      '1\n22',
      [
        ['1', 0, 1],
        ['22', 2, 2],
      ],
    ],
    [
      'arrays',
      '[1,\t2]\n[]\n',
      [
        ['[1,\t2]', 0, 1],
        ['[]', 7, 2],
      ],
    ],
    [
      'blank lines',
      '\n\n1\n \t\n2\n\n',
      [
        ['1', 2, 1],
        ['2', 7, 2],
      ],
    ],
    [
      "another system's newlines",
      '1\r\n2\r\n',
      [
        ['1', 0, 1],
        ['2', 3, 2],
      ],
    ],
    [
      'white space around values',
      '  1  \n\t2\n',
      [
        ['1', 2, 1],
        ['2', 7, 2],
      ],
    ],
    [
      'other characters that end lines elsewhere',
      '"\u2028\u0085\u000b"\n1\n',
      [
        ['"\u2028\u0085\u000b"', 0, 1],
        ['1', 9, 2],
      ],
    ],
  ];
  for (const [why, file, expected] of files) {
    it(`finds ${why}, however the file is cut`, async () => {
      for (const size of [1, 2, 3, 5, 100]) {
        const found = await frame(file, size, 'JSONL');
        expect(
          found.map(({ text, byteOffset, resultNumber }) => [text, byteOffset, resultNumber]),
        ).to.deep.equal(expected);
      }
    });
  }

  for (const [file, byteOffset, resultNumber] of [
    ['[{"Output":"1"}]', 0, 1],
    ['1\n [2]', 3, 2],
  ] as const) {
    it(`refuses ${JSON.stringify(file)}, which is no JSON Lines, however it is cut`, async () => {
      for (const size of [1, 3, 100]) {
        const error = await failure('ResultFileMalformed', () => frame(file, size, 'JSONL'));
        expect(error).to.include({ byteOffset, resultNumber });
        expect(error.message).to.include('set outputType to JSON');
      }
    });
  }

  for (const [file, byteOffset] of [
    ['1 2\n', 2],
    ['{} {}\n', 3],
    ['1\n"a""b"\n', 5],
  ] as const) {
    it(`refuses ${JSON.stringify(file)}, which has two values in a line, however it is cut`, async () => {
      for (const size of [1, 3, 100]) {
        const error = await failure('ResultFileMalformed', () => frame(file, size, 'JSONL'));
        expect(error).to.include({ byteOffset });
        expect(error.message).to.include('expected the end of the line');
      }
    });
  }

  it('refuses an element without an end', async () => {
    const error = await failure('ResultFileMalformed', () => frame('1\n{"a":\n', 4, 'JSONL'));
    expect(error).to.include({ byteOffset: 2, resultNumber: 2 });
  });
});
