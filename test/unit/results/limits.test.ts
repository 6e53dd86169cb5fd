import { expect } from 'chai';
import fc from 'fast-check';
import { isDeeperThan } from '../../../src/results/limits.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('isDeeperThan', () => {
  it('knows how deep any JSON is nested, whatever is in its strings', () => {
    const strings = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('[', '{', ']', '"', '\\') }));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 6, depthSize: 'large' },
        strings,
        fc.integer(),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(strings, tie('json'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, space) => {
        const [text, depth] = [JSON.stringify(value, null, space), depthOf(value)];
        for (let most = 1; most < 9; most++) expect(isDeeperThan(most, text)).to.equal(depth > most);
      }),
    );
  });

  it('takes what has no end for as deep as it looks', () => {
    expect(isDeeperThan(3, '[[[[[[[[')).to.equal(true);
    expect(isDeeperThan(3, '"[[[[[[[[')).to.equal(false);
    expect(isDeeperThan(3, '[[["[[[[[\\')).to.equal(false);
  });
});
