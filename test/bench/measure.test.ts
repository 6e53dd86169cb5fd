import { expect } from 'chai';
import { measure } from './measure.ts';

describe('bench: measure', () => {
  const node = (script: string) => measure([process.execPath, '-e', script]);

  it('gives what a program prints, and how long it took', async () => {
    const { stdout, seconds } = await node('console.log("é".repeat(100_000))');
    expect(stdout).to.equal(`${'é'.repeat(100_000)}\n`);
    expect(seconds).to.be.greaterThan(0);
  });

  it('refuses a program that fails, or is not there', async () => {
    const failure = (command: Promise<unknown>) => command.then(String, (error: Error) => error.message);
    expect(await failure(node('process.exit(3)'))).to.contain('ended with 3');
    expect(await failure(measure(['no-such-program']))).to.contain('ENOENT');
  });
});
