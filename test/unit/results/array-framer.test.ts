import { expect } from 'chai';
import { ArrayFramer } from '../../../src/results/array-framer.ts';
import { refusal } from '../../../src/results/reader.ts';
import { failure } from '../../support/errors.ts';
import { chunked, collect } from '../../support/streams.ts';

interface Element {
  readonly text: string;
  readonly byteOffset: number;
  readonly resultNumber: number;
}

/** The elements that the framer finds, whatever frames they come in. */
async function frame(json: string, chunkSize: number): Promise<Element[]> {
  const framer = new ArrayFramer(refusal({ path: 'f.json' }));
  const elements: Element[] = [];
  for await (const chunk of chunked(json, chunkSize)) {
    for (const { bytes, bounds, byteOffset, resultNumber } of framer.push(chunk)) {
      for (let i = 0; i < bounds.length; i += 2) {
        elements.push({
          text: bytes.subarray(bounds[i], bounds[i + 1]).toString(),
          byteOffset: byteOffset + (bounds[i] as number),
          resultNumber: resultNumber + i / 2,
        });
      }
    }
  }
  framer.end();
  return elements;
}

async function sizes(json: string): Promise<number[]> {
  return (await collect(chunked(json, 1))).map((_, index) => index + 1);
}

describe('ArrayFramer', () => {
  const arrays = [
    [],
    [1],
    [1, -2.5e10, 'a', true, false, null],
    [{}],
    [{ a: [{ b: '}]' }, '\\', '"', '\\"'] }, [], [[]], ''],
    ['é', '会', '😀', '\u0000'],
  ];

  for (const array of arrays) {
    const compact = JSON.stringify(array);
    for (const json of [compact, ` \r\n\t${JSON.stringify(array, null, 2)}\n`]) {
      it(`finds the elements of ${JSON.stringify(json)}, however it is cut`, async () => {
        for (const size of await sizes(json)) {
          const elements = await frame(json, size);
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
        const error = await failure('ResultFileMalformed', () => frame(json, size));
        expect(error).to.include({ byteOffset, path: 'f.json' });
        expect(error.resultNumber).to.equal(resultNumber);
        expect(error.message).to.include(words);
      }
    });
  }

  it('gives the elements before a fault first, however they are cut', async () => {
    for (const size of [1, 2, 3, 100]) {
      const framer = new ArrayFramer(refusal({ path: 'f.json' }));
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
