import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import sinon from 'sinon';
import { SignalWatch } from '../../../src/cli/signals.ts';

describe('SignalWatch', () => {
  let clock: sinon.SinonFakeTimers;
  let signals: EventEmitter;
  let watch: SignalWatch;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    signals = new EventEmitter();
    watch = new SignalWatch(signals);
  });
  afterEach(() => sinon.restore());

  /** Whether a signal would do what it does to a process that does not listen: end it. */
  const ends = (name: string) => signals.listenerCount(name) === 0;

  for (const [name, other] of [
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const) {
    it(`aborts on ${name}, and lets the other signal end the process`, () => {
      expect(watch.signal.aborted).to.equal(false);
      expect([ends(name), ends(other)]).to.deep.equal([false, false]);
      signals.emit(name, name);
      expect(watch.signal.aborted).to.equal(true);
      expect(watch.received).to.equal(name);
      expect(ends(other)).to.equal(true);
    });

    it(`takes no echo of ${name} for a second one`, () => {
      signals.emit(name, name);
      clock.tick(299);
      expect(ends(name)).to.equal(false);
      signals.emit(name, name);
      clock.tick(1);
      expect(ends(name)).to.equal(true);
    });
  }

  it('listens no more once it has ended', () => {
    signals.emit('SIGINT', 'SIGINT');
    watch.end();
    expect([ends('SIGINT'), ends('SIGTERM')]).to.deep.equal([true, true]);
    expect(clock.countTimers()).to.equal(0);
  });

  it('never aborts where there are no signals', () => {
    const deaf = new SignalWatch(undefined);
    deaf.end();
    expect(deaf.signal.aborted).to.equal(false);
    expect(deaf.received).to.equal(undefined);
  });
});
