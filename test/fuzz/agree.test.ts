import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LOADERS } from '../support/loaders.ts';

function agree(...args: string[]) {
  const main = fileURLToPath(new URL('./agree.ts', import.meta.url));
  return spawnSync(process.execPath, [...LOADERS, main, ...args], {
    encoding: 'utf8',
    timeout: 15_000,
  });
}

describe('agree', () => {
  it('runs as many cases as it is told, over its processes', () => {
    const { status, stdout, stderr } = agree('--cases', '101', '--seed', '2', '--jobs', '2');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(/^The readers agree in 101 cases of seed 2: \d+ s, \d+ cases a second\.\n$/);
  });

  it('refuses what is no number', () => {
    const { status, stderr } = agree('--cases', 'many');
    expect(status).to.equal(1);
    expect(stderr).to.include('--cases must be a whole number, got "many"');
  });
});
