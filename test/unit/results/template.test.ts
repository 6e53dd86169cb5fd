import { expect } from 'chai';
import fc from 'fast-check';
import { ElementParser } from '../../../src/results/elements.ts';
import { UNSURE } from '../../../src/results/json-bytes.ts';
import type { Template } from '../../../src/results/template.ts';
import { executionRecord } from '../../support/consignment.ts';

const LONG = 'x'.repeat(30);

/** That of one object. */
function templateOf(json: string, strings: readonly (readonly [number, number])[]): Template {
  const bytes = Buffer.from(json);
  const parser = new ElementParser();
  const frame = { bytes, bounds: [0, bytes.length], strings: strings.flat(), byteOffset: 0, resultNumber: 1 };
  for (const _ of parser.elements(frame));
  if (!parser.last) throw new Error('it was not kept');
  return parser.last;
}

/** Where each string of that text stands. */
function placesOf(json: string, ...texts: string[]): [number, number][] {
  return texts.map((text) => {
    const start = Buffer.from(json.slice(0, json.indexOf(text))).length;
    return [start, start + Buffer.byteLength(text)];
  });
}

const OWN = `{"a":"${LONG}","b":[1,{"c":"é${LONG}"}]}`;
const template = templateOf(OWN, placesOf(OWN, `"${LONG}"`, `"é${LONG}"`));

/** Where it ends, with something before and behind it. */
function match(json: string): number {
  const bytes = Buffer.from(`[ ${json},1`);
  const end = template.match(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2, bytes.length);
  return end === UNSURE ? UNSURE : Buffer.from(bytes.subarray(2, end)).toString().length;
}

describe('a template', () => {
  const alike = [
    OWN,
    '{"a":"","b":[1,{"c":"é"}]}',
    '{"a":"\\"}","b":[1,{"c":"\\\\"}]}',
    '{"a":"\\u00e9\\ud800","b":[1,{"c":"\x7f"}]}',
  ];
  for (const json of alike) {
    it(`matches ${json}`, () => {
      expect(match(json)).to.equal(json.length);
    });
  }

  it('tells where the strings stand', () => {
    const json = '{"a":"é","b":[1,{"c":"d"}]}';
    match(json);
    expect(template.strings).to.deep.equal(
      placesOf(json, '"é"', '"d"').flatMap(([start, end]) => [start + 2, end + 2]),
    );
  });

  const unlike = [
    '',
    '{',
    OWN.slice(0, -1),
    '{"A":"","b":[1,{"c":""}]}',
    '{"a":"","b":[2,{"c":""}]}',
    '{"a":"","b":[1,{"c":""}],"d":1}',
    '{"a":1,"b":[1,{"c":""}]}',
    '{"a":"\\x","b":[1,{"c":""}]}',
    '{"a":"\\u00","b":[1,{"c":""}]}',
    '{"a":"\n","b":[1,{"c":""}]}',
    '{"a":"","b":[1,{"c":"',
  ];
  for (const json of unlike) {
    it(`does not match ${JSON.stringify(json)}`, () => {
      expect(match(json)).to.equal(UNSURE);
    });
  }

  it('never matches what is cut off', () => {
    for (let length = 0; length < Buffer.byteLength(OWN); length++) {
      const bytes = Buffer.from(OWN).subarray(0, length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      expect(template.match(view, 0, length)).to.equal(UNSURE);
    }
  });

  it('is not made of an object of which the name of a member was lifted', () => {
    const json = `{"${LONG}":1}`;
    expect(() => templateOf(json, placesOf(json, `"${LONG}"`))).to.throw('it was not kept');
  });

  it('matches just the JSON that has the same value but for those strings', () => {
    const record = executionRecord('{}');
    const json = JSON.stringify({ ...record, Output: LONG });
    const ofRecord = templateOf(json, placesOf(json, `"${LONG}"`));
    const strings = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(strings, (Output) => {
        const other = Buffer.from(JSON.stringify({ ...record, Output }));
        const view = new DataView(other.buffer, other.byteOffset, other.length);
        const end = ofRecord.match(view, 0, other.length);
        expect(end).to.equal(typeof Output === 'string' ? other.length : UNSURE);
      }),
      { numRuns: 500 },
    );
  });
});
