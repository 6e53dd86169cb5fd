import { expect } from 'chai';
import sinon from 'sinon';
import { formatBytes, formatSeconds, ProgressLine, renderProgress } from '../../../src/cli/progress.ts';

const MIB = 1024 ** 2;
const PROGRESS = {
  bytesRead: 25 * MIB,
  bytesTotal: 100 * MIB,
  filesRead: 1,
  files: 4,
  results: 12_345,
  bytesWritten: 0,
  resumptions: 0,
};

describe('renderProgress', () => {
  it('shows part, bytes, results, rate and time left', () => {
    expect(renderProgress(PROGRESS, 5, 200)).to.equal(
      '█████░░░░░░░░░░░░░░░  25%  25 MiB of 100 MiB  12,345 results  5 MiB/s  15s left',
    );
  });

  it('knows no rate at the start, and never exceeds 100 %', () => {
    expect(renderProgress({ ...PROGRESS, bytesRead: 0 }, 0, 200))
      .to.include('  0%')
      .and.include('? left');
    expect(renderProgress({ ...PROGRESS, bytesTotal: 1 }, 5, 200))
      .to.include('100%')
      .and.include('0s left');
    expect(renderProgress({ ...PROGRESS, bytesRead: 0, bytesTotal: 0 }, 5, 200)).to.include('100%');
  });

  it('is never wider than the terminal', () => {
    expect(renderProgress(PROGRESS, 5, 40)).to.have.length(39);
  });
});

describe('formatBytes', () => {
  for (const [bytes, words] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [5 * MIB, '5 MiB'],
    [3 * 1024 ** 5, '3072 TiB'],
  ] as const) {
    it(`${bytes} → ${words}`, () => {
      expect(formatBytes(bytes)).to.equal(words);
    });
  }
});

describe('formatSeconds', () => {
  for (const [seconds, words] of [
    [0, '0s'],
    [0.2, '1s'],
    [59, '59s'],
    [83, '1m23s'],
    [3600, '1h00m'],
    [7_500, '2h05m'],
  ] as const) {
    it(`${seconds} → ${words}`, () => {
      expect(formatSeconds(seconds)).to.equal(words);
    });
  }
});

describe('ProgressLine', () => {
  it('is written over, and cleared', () => {
    const stream = { write: sinon.stub().returns(true), columns: 60 };
    const line = new ProgressLine(stream as never);
    line.clear();
    sinon.assert.notCalled(stream.write);
    line.show(PROGRESS);
    line.show(PROGRESS); // Too soon to be drawn.
    line.clear();
    expect(stream.write.args.map(([text]) => text)).to.have.length(2);
    expect(stream.write.args[0]?.[0])
      .to.include('\r█')
      .and.satisfy((text: string) => text.endsWith('\x1b[K'));
    expect(stream.write.args[1]?.[0]).to.equal('\r\x1b[K');
  });
});
