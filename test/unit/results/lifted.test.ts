import { expect } from 'chai';
import fc from 'fast-check';
import { fromByteString, toByteString } from '../../../src/results/byte-string.ts';
import { Framer } from '../../../src/results/framer.ts';
import { Lifted, MARK } from '../../../src/results/lifted.ts';
import { refusal } from '../../../src/results/reader.ts';
import { LIMITS } from '../../support/limits.ts';

const LONG = 'x'.repeat(30);

/** One element, as the framer gives it. */
function lift(json: string): Lifted {
  const framer = new Framer('JSONL', LIMITS, refusal({ path: 'file' }));
  const [frame] = [...framer.push(Buffer.from(`${json}\n`))];
  if (!frame) throw new Error('there is no element');
  return new Lifted(frame.bytes, frame.bounds[0] ?? 0, frame.bounds[1] ?? 0, frame.strings);
}

/** JSON with the strings that were lifted out put back. */
function restored(json: string): unknown {
  const lifted = lift(json);
  let standIns = 0;
  const text = lifted.text.replaceAll(`"${MARK}"`, () => JSON.stringify(lifted.string(standIns++)));
  return JSON.parse(fromByteString(text));
}

describe('Lifted', () => {
  it('has a stand-in for each long string', () => {
    const lifted = lift(`{"short":"a","long":"${LONG}","${LONG}é":1}`);
    expect(lifted.text).to.equal(`{"short":"a","long":"${MARK}","${MARK}":1}`);
    expect(lifted.string(0)).to.equal(LONG);
    expect(fromByteString(lifted.string(1))).to.equal(`${LONG}é`);
    expect(fromByteString(lifted.whole)).to.equal(`{"short":"a","long":"${LONG}","${LONG}é":1}`);
  });

  const values = [
    '',
    'é会😀',
    `é会😀${LONG}`,
    '\x7f',
    '\x7f0',
    `\x7f0${LONG}`,
    '\u0080\u00ff\u0100',
    '"\\/\b\f\n\r\t',
    `"\\/\b\f\n\r\t${LONG}`,
    { '\x7f1': '\x7f2', [`\x7f${LONG}`]: LONG },
    [1.5, true, null, {}],
  ];
  for (const value of values) {
    for (const escaping of ['as it is', 'escaped'] as const) {
      it(`loses nothing of ${JSON.stringify(value)}, ${escaping}`, () => {
        const json = JSON.stringify(['before', value, LONG, value]);
        const asEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
        const text = escaping === 'escaped' ? json.replace(/[^\x20-\x7e]/g, asEscape) : json;
        expect(restored(text)).to.deep.equal(JSON.parse(json));
      });
    }
  }

  it('loses nothing of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = JSON.stringify(value);
        expect(restored(json)).to.deep.equal(JSON.parse(json));
      }),
      { numRuns: 500 },
    );
  });

  for (const wrong of ['\\x', '\\u12', '\\u123g', '\n', '\x1f']) {
    it(`leaves a string with ${JSON.stringify(wrong)} in it where it is`, () => {
      const { text } = lift(`["${LONG}","${LONG}${wrong}","${LONG}"]`);
      expect(text).to.equal(`["${MARK}","${LONG}${wrong}","${MARK}"]`);
    });
  }
});

describe('toByteString', () => {
  it('is undone by fromByteString', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fromByteString(toByteString(text))).to.equal(text);
      }),
    );
  });

  it('writes halves of surrogate pairs as escapes, but makes no JSON of what is none', () => {
    expect(fromByteString(toByteString('"\ud800"'))).to.equal('"\\ud800"');
    expect(fromByteString(toByteString('"a\\\\\udfff😀"'))).to.equal('"a\\\\\\udfff😀"');
    expect(() => JSON.parse(fromByteString(toByteString('"\\\ud800"')))).to.throw(SyntaxError);
  });
});
