import { expect } from 'chai';
import fc from 'fast-check';
import { endOfPlain, endOfString, endOfValue, UNSURE } from '../../../src/results/json-bytes.ts';

/** Where the value ends, which has other bytes before it in memory; those behind it are none of it. */
function end(json: string, maxDepth = 1000, behind = ''): number {
  const bytes = Buffer.from(`before${json}${behind}`).subarray(6);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return endOfValue(view, 0, bytes.length - behind.length, maxDepth);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of JSON, and of what is nearly that. */
const PIECES = [
  ...['0', '1', '9', '-', '+', '.', 'e', 'E', '00', '-0', 'true', 'false', 'null', 'tru', 'alse', 'N'],
  ...[
    '"',
    '\\',
    '\\u',
    '00',
    'aF',
    'g',
    '"a"',
    '"é"',
    '"\\n"',
    '"\\u00e9"',
    '"\\x"',
    '\x1f',
    '\x7f',
    '\u2028',
  ],
  ...['[', ']', '{', '}', ',', ':', ' ', '\n', '\t', '\r', '\v', '\u00a0', '{"a":', '[]', '{}', '"b":1'],
];

describe('endOfValue', () => {
  it('finds the end of any JSON, wherever it is in memory and whatever is behind it', () => {
    const spaces = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), spaces, fc.string(), (value, space, behind) => {
        const json = JSON.stringify(value, null, space);
        expect(end(json, 1000, behind)).to.equal(Buffer.byteLength(json));
      }),
    );
  });

  it('takes for JSON what is JSON, and nothing else', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
    const texts = fc.oneof(
      text,
      text.map((text) => `[${text}]`),
      text.map((text) => `"${text}"`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const trimmed = text.replace(/[ \n\r\t]+$/, '');
        expect(end(trimmed) === Buffer.byteLength(trimmed)).to.equal(isJson(trimmed));
      }),
      { numRuns: 20_000 },
    );
  });

  for (const wrong of [
    '01',
    '-',
    '-01',
    '1.',
    '1.e1',
    '.5',
    '1e',
    '1e+',
    '+1',
    '--1',
    '-a',
    'tru',
    'nul',
    'fals',
  ])
    it(`does not take ${wrong} for a number or a word`, () => {
      expect(end(wrong)).to.not.equal(wrong.length);
    });

  it('takes no control character in a string, and any other byte', () => {
    for (let code = 0; code < 0x80; code++) {
      for (let before = 0; before < 8; before++) {
        const json = `"${'x'.repeat(before)}${String.fromCharCode(code)}${'x'.repeat(9 - before)}"`;
        expect(end(json) === json.length, json).to.equal(isJson(json));
      }
    }
  });

  it('is not sure of what may go on behind the end', () => {
    const json = '{"a":[true,{"b":"\\u00e9\\n"},-1.5e+7,null,[]]}';
    for (let length = 0; length < json.length; length++) expect(end(json.slice(0, length))).to.equal(UNSURE);
  });

  it('counts the levels of arrays and objects', () => {
    expect(end('[[{}]]', 3)).to.equal(6);
    expect(end('[[{}]]', 2)).to.equal(UNSURE);
    expect(end('[[],[],{"a":{}}]', 2)).to.equal(UNSURE);
    expect(end('[[],[],{"a":1}]', 2)).to.equal(15);
    expect(end('1', 0)).to.equal(1);
    expect(end('[]', 0)).to.equal(UNSURE);
    expect(end('['.repeat(1024) + ']'.repeat(1024), 10_000)).to.equal(2048);
    expect(end('['.repeat(1025) + ']'.repeat(1025), 10_000)).to.equal(UNSURE);
  });
});

describe('endOfString and endOfPlain', () => {
  it('find what ends a run of bytes that stand for themselves, wherever it is', () => {
    for (const byte of [0x00, 0x09, 0x1f, 0x22, 0x5c]) {
      for (let length = 0; length < 20; length++) {
        for (const filling of [0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff]) {
          const bytes = Uint8Array.from({ length: 24 }, (_, index) => (index === length ? byte : filling));
          expect(endOfPlain(new DataView(bytes.buffer), 0, 24)).to.equal(length);
        }
      }
    }
  });

  it('give the place behind the quote', () => {
    const bytes = Buffer.from('a\\"\\\\"more');
    expect(endOfString(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)).to.equal(
      6,
    );
  });
});
