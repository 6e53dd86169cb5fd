import { expect } from 'chai';
import fc from 'fast-check';
import { escapedJson, escapeLine } from '../../../src/cli/escape.ts';

const UNSAFE: readonly [what: string, text: string, line: string][] = [
  ['ESC', '\x1b[2Jgone', '\\x1b[2Jgone'],
  ['a carriage return', 'a\rb', 'a\\x0db'],
  ['a newline', 'a\nb', 'a\\x0ab'],
  ['DEL', 'a\x7f', 'a\\x7f'],
  ['CSI of C1', '\x9b31m', '\\x9b31m'],
  ['a right-to-left override', 'a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
  ['an isolate', '\u2066', '\\u{2066}'],
  ['a space of no width', 'a\u200bb', 'a\\u{200b}b'],
  ['a separator of lines', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
  ['a tag, outside the basic plane', '\u{e0041}', '\\u{e0041}'],
  ['half a character', 'a\ud83d', 'a\\u{d83d}'],
];

describe('escapeLine', () => {
  for (const [what, text, line] of UNSAFE) {
    it(`shows ${what}`, () => {
      expect(escapeLine(text)).to.equal(line);
    });
  }

  it('leaves what can be seen as it is', () => {
    const text = 's3://b/a b%20+é/漢字/😀/\\x1b';
    expect(escapeLine(text)).to.equal(text);
  });
});

describe('escapedJson', () => {
  for (const [what, text] of UNSAFE) {
    it(`hides ${what}, and says the same`, () => {
      const json = escapedJson({ [text]: [text] });
      expect(json).to.match(/^[\x20-\x7e]*$/);
      expect(JSON.parse(json)).to.deep.equal({ [text]: [text] });
    });
  }

  it('is JSON of equal value, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = escapedJson(text);
        expect(json).to.equal(escapeLine(json));
        expect(JSON.parse(json)).to.equal(text);
      }),
    );
  });
});
