import type { ServerResponse } from 'node:http';
import { defined } from '../../src/options.ts';
import type { Answer, Ledger } from './fault-ledger.ts';
import type { S3Request } from './s3-request.ts';

export type Edit = (answer: Answer, request: S3Request) => Answer;

/** One request of a client's and what an action does about it. */
export class Exchange {
  readonly request: S3Request;
  /** Fulfilled when the answer has been sent, or the client has gone away. */
  readonly over: Promise<void>;
  readonly #response: ServerResponse;
  readonly #send: (request: S3Request) => Promise<Answer>;
  readonly #ledger: Ledger;
  readonly #edits: Edit[] = [];

  constructor(
    request: S3Request,
    response: ServerResponse,
    send: (request: S3Request) => Promise<Answer>,
    ledger: Ledger,
  ) {
    this.request = request;
    this.over = new Promise((resolve) => response.once('close', resolve));
    this.#response = response;
    this.#send = send;
    this.#ledger = ledger;
  }

  /** Changes the real server's answer. */
  edit(edit: Edit): void {
    this.#edits.push(edit);
  }

  /** Passes the request on to the real server. */
  async forward(): Promise<Answer> {
    const answer = await this.#send(this.request);
    this.#ledger.answer(this.request, answer);
    return this.#edits.reduce((edited, edit) => edit(edited, this.request), answer);
  }

  /** Sends an answer's head, and of its body the bytes from `start` to `end`; waits for them to be on their way. */
  async write({ status, headers, body }: Answer, start = 0, end = body.length): Promise<void> {
    if (!this.#response.headersSent) this.#response.writeHead(status, defined(headers)).flushHeaders();
    const bytes = body.subarray(start, end);
    if (bytes.length === 0) return;
    this.#ledger.bytesSent += bytes.length;
    await Promise.race([
      this.over,
      new Promise<void>((resolve) => this.#response.write(bytes, () => resolve())),
    ]);
  }

  /** Ends the answer cleanly, however much of it has been sent. */
  end(): void {
    this.#response.end();
  }

  async send(answer: Answer): Promise<void> {
    await this.write(answer);
    this.end();
  }

  /** Closes the connection in good order, though the answer may not have ended. */
  hangUp(): void {
    this.#response.socket?.destroySoon();
  }

  /** Breaks the connection, as a crash or a firewall does. */
  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }
}
