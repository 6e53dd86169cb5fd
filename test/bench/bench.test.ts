import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LOADERS } from '../support/loaders.ts';
import { makeFixtures } from './fixtures/fixtures.ts';
import type { ScenarioResults } from './report/results.ts';
import type { Standing } from './report/standings.ts';

describe('bench', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const bench = (...args: string[]) =>
    spawnSync(process.execPath, [...LOADERS, fileURLToPath(new URL('./main.ts', import.meta.url)), ...args], {
      encoding: 'utf8',
      timeout: 15_000,
    });

  it('runs contenders on the same results, checks what they wrote, and leaves a page with charts', () => {
    const names = ['aggregate', 'transfer'];
    const { status, stdout, stderr } = bench(
      ...['--size', '1MiB', '--files', '2', '--rounds', '1', '--contenders', names.join()],
      ...['--out', join(folder, 'results'), '--json'],
    );

    expect(status, stderr).to.equal(0);
    const { bytes, results, documentBytes } = makeFixtures({ size: 1024 ** 2, files: 2, seed: 1 });
    const [report] = JSON.parse(stdout) as [ScenarioResults & { standings: Standing[] }];
    expect(report.fixtures).to.deep.equal([{ size: 1024 ** 2, bytes, results, documentBytes }]);
    const facts = report.runs.map((run) => [run.contender, run.bytesIn, run.results, run.bytesOut]);
    expect(facts).to.deep.equal([
      ['aggregate', bytes, results, documentBytes],
      ['transfer', bytes, undefined, bytes],
    ]);
    expect(report.standings.map(({ contender }) => contender)).to.deep.equal(names);
    expect(readdirSync(join(folder, 'results'))).to.have.members(['map-run.svg', 'results.json']);
    expect(readFileSync(join(folder, 'RESULTS.md'), 'utf8')).to.contain('(results/map-run.svg)');
  });

  it('exits with 2 when it is told what it does not know', () => {
    const { status, stdout, stderr } = bench('--size', 'big');
    expect([status, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.contain('--size must be');
  });
});
