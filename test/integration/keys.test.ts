import { expect } from 'chai';
import { aggregate } from '../../src/index.ts';
import { mapRun } from '../support/map-run.ts';
import { type S3, startS3 } from '../support/s3-server.ts';

const PREFIXES: readonly [what: string, prefix: string][] = [
  ['dots', 'a/../b/./c/..'],
  ['dots alone', '..'],
  ['a leading slash', '/a'],
  ['slashes', '//a///b/'],
  ['spaces', ' a  b /c '],
  ['percent signs', '%/%2e%2e/%00/%zz/100%'],
  ['plus signs', 'a+b/+'],
  ['characters that addresses reserve', '?a=b&c#d;:@!$\'()*,[]{}|^`"<>~'],
  ['backslashes', '..\\..\\a'],
  ['control characters', 'a\tb\nc\rd\u0001\u001b[31m\u007f'],
  ['characters beyond ASCII', 'é/会/😀/e\u0301/\u202e'],
];

describe('keys, over HTTP', () => {
  let s3: S3;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  const long = mapRun({ succeeded: [['1']], prefix: '' }).manifestKey.length;
  for (const [what, prefix] of [...PREFIXES, ['1,024 bytes', 'k'.repeat(1024 - long - 2)] as const]) {
    it(`are what they are with ${what}`, async () => {
      const bucket = await s3.bucket();
      const run = mapRun({ succeeded: [['1'], ['2']], bucket: bucket.name, prefix });
      await bucket.putMapRun(run);
      const output = { bucket: bucket.name, key: `${prefix}/out.json` };
      const manifest = { bucket: bucket.name, key: run.manifestKey };
      const summary = await aggregate({ manifest, output, client: s3.client });
      expect(summary).to.include({ ...output, results: 2 });
      expect(await bucket.get(output.key)).to.equal('{"results":[1,2]}');
      // The keys themselves cannot be compared: the XML of a list cannot hold each of these characters.
      expect(await bucket.keys()).to.have.length(run.files.size + 1);
    });
  }
});
