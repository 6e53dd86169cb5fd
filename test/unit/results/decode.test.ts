import { expect } from 'chai';
import fc from 'fast-check';
import { BatchWriter } from '../../../src/results/batch-writer.ts';
import { type Decoded, decodeJson } from '../../../src/results/decode.ts';

/** The JSON in a string of JSON, if that ends where it should, which has other bytes around it in memory. */
function drafted(literal: string, maxDepth = 1000, behind = ''): string | undefined {
  const bytes = Buffer.from(`before${literal}${behind}`).subarray(6);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const batch = new BatchWriter(',');
  const decoded: Decoded = { behind: 0, end: 0 };
  if (!decodeJson(view, 0, bytes.length, batch, decoded, maxDepth)) return undefined;
  if (decoded.behind !== bytes.length - Buffer.byteLength(behind)) return undefined;
  batch.keep(decoded.end);
  batch.endElement();
  return [...batch.flush()].map(({ bytes }) => bytes.toString()).join();
}

/** The same, done in the simplest way. */
function parsed(literal: string): string | undefined {
  try {
    const text = JSON.parse(literal);
    JSON.parse(text);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** As they stand in the outer string: of JSON in a string, and of what is nearly that. */
const PIECES = [
  ...['\\"', '\\\\', '\\\\\\"', '\\\\\\\\', '\\\\n', '\\\\u', '\\\\u00e9', '\\\\ud800', '\\\\/', '\\\\\\/'],
  ...[
    '\\n',
    '\\t',
    '\\r',
    '\\b',
    '\\/',
    '\\x',
    '\\',
    '\\u00e9',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\u0022',
    '\\u005c',
  ],
  ...['"', '\n', '\x1f', '\x7f', ' ', 'é', '😀', 'g', '00aF', 'a text of more than four bytes'],
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '[]',
    '{}',
    '{\\"a\\":',
    '\\"b\\":1',
    '\\"c\\"',
    '0',
    '-1.5e+7',
    '01',
    'true',
    'nul',
  ],
];

describe('decodeJson', () => {
  it('takes any JSON that is written in the usual way, wherever it is in memory and whatever is behind it', () => {
    const spaces = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), spaces, fc.string(), (value, space, behind) => {
        const json = JSON.stringify(value, null, space);
        expect(drafted(JSON.stringify(json), 1000, behind)).to.equal(json);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes for JSON in a string nothing else, and decodes it as it is', () => {
    const texts = fc
      .array(fc.constantFrom(...PIECES), { maxLength: 10 })
      .map((pieces) => pieces.join(''))
      .chain((text) => fc.constantFrom(`"${text}"`, `"\\"${text}\\""`, `"[${text}]"`, `"{\\"${text}}"`));
    let taken = 0;
    fc.assert(
      fc.property(texts, (literal) => {
        const text = drafted(literal);
        if (text === undefined) return;
        expect(text).to.equal(parsed(literal));
        taken++;
      }),
      { numRuns: 30_000 },
    );
    expect(taken).to.be.at.least(1000);
  });

  it('takes nothing that has no end, or that ends too early', () => {
    const literal = JSON.stringify('{"a":[true,{"b":"\\u00e9\\n\\""},-1.5e+7,null,[]]} ');
    for (let length = 0; length < literal.length; length++)
      expect(drafted(literal.slice(0, length))).to.equal(undefined);
    expect(drafted('"[1] 2"')).to.equal(undefined);
    expect(drafted('""')).to.equal(undefined);
    expect(drafted('" "')).to.equal(undefined);
  });

  it('counts the levels of arrays and objects', () => {
    expect(drafted('"[[{}]]"', 3)).to.equal('[[{}]]');
    expect(drafted('"[[{}]]"', 2)).to.equal(undefined);
    expect(drafted('"[[],[],{\\"a\\":{}}]"', 2)).to.equal(undefined);
    expect(drafted('"1"', 0)).to.equal('1');
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(drafted(`"${deep(1024)}"`, 10_000)).to.equal(deep(1024));
    expect(drafted(`"${deep(1025)}"`, 10_000)).to.equal(undefined);
  });

  it('makes room for what is longer than all that there is', () => {
    const batch = new BatchWriter('\n');
    const decoded: Decoded = { behind: 0, end: 0 };
    const texts = [1, 100, 60_000, 30_000, 500_000].map((length) =>
      JSON.stringify(['\n"', 'x'.repeat(length)]),
    );
    for (const text of texts) {
      const bytes = Buffer.from(JSON.stringify(text));
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      expect(decodeJson(view, 0, bytes.length, batch, decoded, 1000)).to.equal(true);
      batch.keep(decoded.end);
    }
    batch.endElement();
    expect([...batch.flush()].map(({ bytes }) => bytes.toString()).join('')).to.equal(texts.join('\n'));
  });
});
