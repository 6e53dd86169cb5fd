import { expect } from 'chai';
import { type Frame, Framer } from '../../../src/results/framer.ts';
import type { Limits } from '../../../src/results/limits.ts';
import { type OutputType, refusal } from '../../../src/results/reader.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { chunked, collect } from '../../support/streams.ts';

interface Found {
  readonly text: string;
  readonly byteOffset: number;
  readonly resultNumber: number;
}

/** The elements that the framer finds, whatever frames they come in; their strings must be strings. */
async function frame(
  file: string,
  chunkSize: number,
  outputType: OutputType,
  limits: Limits = LIMITS,
  elements: Found[] = [],
): Promise<Found[]> {
  const framer = new Framer(outputType, limits, refusal({ path: 'file' }));
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
      const framer = new Framer('JSON', LIMITS, refusal({ path: 'file' }));
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

describe('Framer with limits', () => {
  const limits: Limits = { maxResultBytes: 12, maxDepth: 3 };

  for (const [outputType, file] of [
    ['JSON', '["1234567890",[[[0]],[]],{"[[[[":"{"}, [ 0,1,2,3 ] ]'],
    ['JSONL', '"1234567890"\n[[[0]],[]]\n   {"[[[[":"{"}   \n123456789012'],
  ] as const) {
    it(`takes what is just within them in ${outputType}, however it is cut`, async () => {
      for (const size of await sizes(file))
        expect(await frame(file, size, outputType, limits)).to.have.length(4);
    });
  }

  const [LARGE, DEEP] = ['is larger than 12 bytes', 'is nested deeper than 3 levels'];
  const rows: [why: string, outputType: OutputType, file: string, byteOffset: number, words: string][] = [
    ['a string', 'JSON', '[1,"12345678901",2]', 3, LARGE],
    ['a number', 'JSON', '[1,1234567890123]', 3, LARGE],
    ['an object', 'JSON', '[1,{"1234":5678}]', 3, LARGE],
    ['white space inside an array', 'JSON', '[1,[           ]]', 3, LARGE],
    ['a string without an end', 'JSON', '[1,"12345678901234567890', 3, LARGE],
    ['an element that is no JSON', 'JSON', '[1,xxxxxxxxxxxxxxxxxxxx]', 3, LARGE],
    ['an element with a fault behind it', 'JSON', '[1,"12345678901" x', 3, LARGE],
    ['one element before another', 'JSON', '[1,"12345678901","123456789012345"]', 3, LARGE],
    ['one that is too deep only later', 'JSON', '[1,["12345678",[[[0]]]]', 3, LARGE],
    ['one that is too deep just then', 'JSON', '[1,["123456",[[0,[[0]]]]', 3, LARGE],
    ['a last line', 'JSONL', '1\n1234567890123', 2, LARGE],
    ['a line', 'JSONL', '1\n  1234567890123\n2\n', 4, LARGE],
    ['a line without an end', 'JSONL', '1\n{"aaaaaaaaaaaaaaaaaaaaaaaaa', 2, LARGE],
    ['arrays', 'JSON', '[1,[[[[]]]]]', 3, DEEP],
    ['objects', 'JSON', '[1,{"":{"":[{}]}}]', 3, DEEP],
    ['brackets without an end', 'JSON', '[1,[[[[[[[[[[[[[[[[[', 3, DEEP],
    ['one that is too large only later', 'JSON', '[1,[[[[12345678901234567]]]]]', 3, DEEP],
    ['one that is too large just there', 'JSON', '[1,[[[12345678,[]]]]]', 3, DEEP],
    ['one with a fault behind it', 'JSON', '[1,[[[[]]]] x', 3, DEEP],
    ['a line of arrays', 'JSONL', '1\n[[[[0]]]]\n', 2, DEEP],
  ];
  for (const [why, outputType, file, byteOffset, words] of rows) {
    it(`refuses what ${words}, ${why} in ${outputType}, however it is cut`, async () => {
      for (const size of await sizes(file)) {
        const elements: Found[] = [];
        const error = await failure('LimitExceeded', () => frame(file, size, outputType, limits, elements));
        expect(error).to.include({ byteOffset, resultNumber: 2, path: 'file' });
        expect(error.message)
          .to.include(words)
          .and.include(words === LARGE ? 'raise maxResultBytes' : 'raise maxDepth');
        expect(elements.map(({ text }) => text)).to.deep.equal(['1']);
      }
    });
  }

  it('says what else it may be where a line is too large', async () => {
    const error = await failure('LimitExceeded', () => frame('[1,2,3,4,5,6,7]', 4, 'JSONL', limits));
    expect(error.message).to.include('set outputType to JSON');
  });

  it('asks for no more of an element without an end than it takes', async () => {
    let bytes = 0;
    await failure('LimitExceeded', () => {
      const framer = new Framer('JSONL', { ...limits, maxResultBytes: 1024 }, refusal({ path: 'file' }));
      for (; bytes < 5000; bytes += 100) [...framer.push(Buffer.alloc(100, 'x'))];
    });
    expect(bytes).to.equal(1000);
  });

  for (const [outputType, before, after] of [
    ['JSON', '[', '1]'],
    ['JSON', '[0', ',1]'],
    ['JSONL', '', '1\n'],
    ['JSONL', '0', '\n1\n'],
  ] as const) {
    it(`keeps no white space between elements of ${outputType}, after ${JSON.stringify(before)}`, () => {
      const framer = new Framer(outputType, limits, refusal({ path: 'file' }));
      [...framer.push(Buffer.from(before))];
      for (let i = 0; i < 1000; i++) {
        for (const { bytes } of framer.push(Buffer.alloc(100, ' '))) expect(bytes.toString()).to.equal('0');
      }
      const [frame] = [...framer.push(Buffer.from(after))];
      expect(frame?.bytes.toString()).to.equal(after);
    });
  }
});
