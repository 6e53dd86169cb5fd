import type { EventEmitter } from 'node:events';

/** What signals arrive at, such as `process`. */
export type Signals = Pick<EventEmitter, 'on' | 'off'>;

/** The signals that ask a process to end, and how a shell then sees it: 128 and the signal's number. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
export type SignalName = keyof typeof EXIT_CODES;
const NAMES = Object.keys(EXIT_CODES) as SignalName[];

/**
 * In milliseconds. npm passes Ctrl-C's SIGINT on to a child that the terminal has sent it to already: what comes so
 * close after the first is the same key.
 */
const ECHO = 300;

/** Aborts on the first signal, and leaves the second one to do what signals do: end the process at once. */
export class SignalWatch {
  readonly #signals: Signals | undefined;
  readonly #controller = new AbortController();
  #received: SignalName | undefined;
  #echo: NodeJS.Timeout | undefined;

  constructor(signals: Signals | undefined) {
    this.#signals = signals;
    for (const name of NAMES) signals?.on(name, this.#hear);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first signal, if there was one. */
  get received(): SignalName | undefined {
    return this.#received;
  }

  /** Listens no more. */
  end(): void {
    clearTimeout(this.#echo);
    for (const name of NAMES) this.#signals?.off(name, this.#hear);
  }

  readonly #hear = (received: SignalName): void => {
    if (this.#received) return;
    this.#received = received;
    for (const name of NAMES) if (name !== received) this.#signals?.off(name, this.#hear);
    this.#echo = setTimeout(() => this.end(), ECHO).unref();
    this.#controller.abort(received);
  };
}
