import { syncBuiltinESMExports } from 'node:module';
import sinon from 'sinon';
import type { Random } from '../support/random.ts';

/** Turns of the event loop in which whoever waits for nothing but its turn has had it. */
const TURNS = 100;

/** In milliseconds of real time. */
const BOUND = 20_000;

/** Whatever happened, it has not ended. */
export class Hang extends Error {}

/**
 * Runs something with timers that go off as soon as nobody sets or clears any more, in their order, and with the same
 * drawn numbers each time: pauses and stalls take no time, and whatever happens happens again.
 */
export async function inVirtualTime<T>(random: Random, run: () => Promise<T>): Promise<T> {
  const drawn = Math.random;
  const clock = sinon.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout'],
    shouldClearNativeTimers: true,
  });
  syncBuiltinESMExports(); // `timers/promises` is imported by name.
  Math.random = random;
  let set = 0;
  const fake = globalThis.setTimeout;
  globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
    set++;
    return fake(...args);
  }) as typeof setTimeout;
  const started = performance.now();
  let isOver = false;
  try {
    const running = run().finally(() => {
      isOver = true;
    });
    running.catch(() => {}); // It is awaited below.
    for (let turn = 0, seen = set; !isOver; turn++) {
      if (performance.now() - started > BOUND) throw new Hang('it hangs');
      await new Promise(setImmediate);
      if (seen === set && turn < TURNS) continue;
      if (seen === set) clock.next();
      [seen, turn] = [set, 0];
    }
    return await running;
  } finally {
    Math.random = drawn;
    clock.restore();
    syncBuiltinESMExports();
  }
}

/** Waits for something that takes time, but not for ever. */
export async function within<T>(run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Hang('it hangs')), BOUND);
  });
  return await Promise.race([run(), hanging]).finally(() => clearTimeout(timer));
}
