import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { makeFixtures } from './fixtures.ts';
import type { Run, Standing } from './report.ts';
import { difference } from './uploads.ts';

const MIB = 1024 ** 2;
const SMALL = { size: 2 * MIB, files: 2, seed: 1 };

function bench(...args: string[]) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    encoding: 'utf8',
    timeout: 15_000,
  });
}

describe('bench', () => {
  it('runs every contender on the same results and checks what they wrote', () => {
    const { status, stdout, stderr } = bench('--size', '2MiB', '--files', '2', '--runs', '1', '--json');

    expect(status, stderr).to.equal(0);
    const { bytes, results, documentBytes } = makeFixtures(SMALL);
    const report = JSON.parse(stdout) as { fixtures: unknown; runs: Run[]; medians: Standing[] };
    expect(report.fixtures).to.deep.equal({ bytes, results, documentBytes });
    const facts = report.runs.map(({ contender, bytesIn, results, bytesOut }) => [
      contender,
      bytesIn,
      results,
      bytesOut,
    ]);
    expect(facts).to.deep.equal([
      ['aggregate', bytes, results, documentBytes],
      ['transfer', bytes, undefined, bytes],
      ['whole-document', bytes, results, documentBytes],
    ]);
    expect(report.medians.map(({ contender }) => contender)).to.deep.equal(
      facts.map(([contender]) => contender),
    );
  });

  for (const [args, complaint] of [
    [['--size', 'big'], '--size must be a size such as 128MiB'],
    [['--size', '1MiB', '--files', '100'], 'at least 128KiB for each of --files'],
    [['--runs', '0'], '--runs must be a whole number from 1 to 1000, got "0"'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = bench(...args);

      expect(status).to.equal(2);
      expect(stderr).to.contain(complaint);
      expect(stdout).to.equal('');
    });
  }
});

describe('fixtures', () => {
  const { files, ...run } = makeFixtures(SMALL);

  it('are the same bytes for the same seed, and others for another', () => {
    const digest = (seed: number) => {
      const hash = createHash('sha256');
      for (const file of makeFixtures({ ...SMALL, seed }).files)
        for (const chunk of file.content()) hash.update(chunk);
      return hash.digest('hex');
    };
    expect(digest(1)).to.equal(digest(1));
    expect(digest(1)).not.to.equal(digest(2));
  });

  it('are result files of the length and with the results that they say', () => {
    for (const file of files) {
      const content = Buffer.concat([...file.content()]);
      const records = JSON.parse(content.toString()) as { Output: string }[];
      expect(content.length).to.equal(file.bytes);
      expect(records).to.have.length(file.results);
      expect(records.map((record) => record.Output).join(',')).to.equal(
        Buffer.concat([...file.outputs()]).toString(),
      );
    }
    expect(run.bytes).to.be.within(SMALL.size * 0.95, SMALL.size * 1.05);
  });

  it('tell the document that must come of them', () => {
    const document = Buffer.concat([...run.document()]);
    const { results } = JSON.parse(document.toString()) as { results: unknown[] };
    expect(document.length).to.equal(run.documentBytes);
    expect(results).to.have.length(run.results);
  });

  it('are listed in their manifest', () => {
    const manifest = JSON.parse(run.manifest.toString()) as { ResultFiles: { SUCCEEDED: unknown } };
    expect(manifest.ResultFiles.SUCCEEDED).to.deep.equal(
      files.map(({ key, bytes }) => ({ Key: key, Size: bytes })),
    );
  });
});

describe('difference', () => {
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
