import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import { stopping, stopWith } from '../../src/stop.ts';
import { collect } from '../support/streams.ts';

describe('stopping', () => {
  async function* items(then?: Error) {
    yield 'a';
    yield 'b';
    if (then) throw then;
  }

  it('passes items on', async () => {
    const stop = new AbortController();
    expect(await collect(stopping(items(), stop))).to.deep.equal(['a', 'b']);
    expect(stop.signal.aborted).to.equal(false);
  });

  it('aborts when they fail, with their error', async () => {
    const stop = new AbortController();
    const broken = new Error('broken');
    expect(await collect(stopping(items(broken), stop)).catch((error: unknown) => error)).to.equal(broken);
    expect(stop.signal.reason).to.equal(broken);
  });

  it('does not abort when it is the destination that fails, and closes the items', async () => {
    const stop = new AbortController();
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield 'a';
      } finally {
        closed = true;
      }
    }
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
    const writing = pipeline(Readable.from(stopping(endless(), stop)), full);
    expect(await writing.catch((error: Error) => error.message)).to.equal('disk full');
    await new Promise(setImmediate);
    expect(closed).to.equal(true);
    expect(stop.signal.aborted).to.equal(false);
  });

  it('does not abort when something is thrown into it', async () => {
    const stop = new AbortController();
    const passing = stopping(items(), stop);
    await passing.next();
    const foreign = new Error('from elsewhere');
    expect(await passing.throw(foreign).catch((error: unknown) => error)).to.equal(foreign);
    expect(stop.signal.aborted).to.equal(false);
  });
});

describe('stopWith', () => {
  afterEach(() => sinon.restore());

  it("aborts when the caller's signal does, with its reason as the cause", () => {
    const controller = new AbortController();
    const stop = stopWith({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    expect(stop.signal.reason).to.include({ name: 'AbortError', cause: reason });
    expect(stopWith({ signal: controller.signal }).signal.aborted).to.equal(true);
  });

  it('aborts when the time limit is up, unless it was stopped before', () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const late = stopWith({ timeLimit: 1_000 });
    const early = stopWith({ timeLimit: 1_000 });
    early.abort('done');
    expect(clock.countTimers()).to.equal(1);
    clock.tick(1_000);
    expect(late.signal.reason).to.include({ name: 'DeadlineExceeded' });
    expect(early.signal.reason).to.equal('done');
  });
});
