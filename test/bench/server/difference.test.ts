import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { difference } from './difference.ts';

describe('bench: difference', () => {
  const part = (text: string) => ({ bytes: text.length, crc: crc32(text) });
  const expected = ['abc', '', 'defg'].map((text) => Buffer.from(text));

  it('finds none wherever the same bytes are cut', () => {
    expect(difference([part('abcdefg')], 7, expected)).to.equal(undefined);
    expect(difference([part('a'), part('bcdef'), part('g')], 7, expected)).to.equal(undefined);
  });

  it('finds a wrong length, wrong bytes and a wrong order', () => {
    expect(difference([part('abcdef')], 7, expected)).to.equal('the server received 6 bytes instead of 7');
    expect(difference([part('abc'), part('defh')], 7, expected)).to.contain('part 2 of 2');
    expect(difference([part('defg'), part('abc')], 7, expected)).to.contain('part 1 of 2');
  });
});
