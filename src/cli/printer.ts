import type { Writable } from 'node:stream';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import { escapeLine } from './escape.ts';

/**
 * Says things on standard output and standard error. All but the document and the progress goes through here, as keys
 * of objects and words of servers must not be able to command the terminal, or to look like a line of ours.
 */
export class Printer {
  readonly #stdout: Writable;
  readonly #stderr: Writable;
  #failure: Promise<Error | null | undefined> = Promise.resolve(undefined);

  constructor({ stdout, stderr }: { stdout: Writable; stderr: Writable }) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    // Without a listener a failure would end the process. Those of standard output are told by its writes; of those
    // of standard error there is nowhere left to tell.
    for (const stream of [stdout, stderr]) stream.on('error', () => {});
  }

  /** To standard output, line by line. */
  print(...lines: readonly string[]): void {
    const written = new Promise<Error | null | undefined>((resolve) => {
      this.#stdout.write(asText(lines), resolve);
    });
    this.#failure = Promise.all([this.#failure, written]).then(([first, later]) => first ?? later);
  }

  /** To standard error. */
  note(...lines: readonly string[]): void {
    this.#stderr.write(asText(lines));
  }

  /**
   * Waits until all that was printed is written.
   * @param state What to say first, where that failed.
   * @throws MapRunResultsError `WriteFailed` where it was not, as when nobody reads the pipe any more.
   */
  async flush(state = ''): Promise<void> {
    const cause = await this.#failure;
    if (!cause) return;
    const message = `${state}writing to standard output failed: ${wordsOf(cause)}`;
    throw new MapRunResultsError('WriteFailed', message, { cause });
  }
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${escapeLine(line)}\n`).join('');
}
