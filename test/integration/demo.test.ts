import { expect } from 'chai';
import { runScript } from '../support/command-line.ts';

describe('the demo', () => {
  it('goes the whole way and verifies every result', async () => {
    const { code, stdout, stderr } = await runScript('test/demo.ts', ['--results', '20000']);
    expect(code, stderr).to.equal(0);
    expect(stdout)
      .to.include('20,000 of 20,000, each as it was written')
      .and.match(/Memory +\d+ MiB at the peak/);
  });
});
