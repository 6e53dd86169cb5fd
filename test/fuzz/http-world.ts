import type { Agent } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Exchange } from '../support/fault-exchange.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import {
  type Action,
  edited,
  endAfter,
  failLate,
  flipByte,
  ignoreRange,
  keepSilent,
  loseAnswer,
  pass,
  refuse,
  resetAfter,
  resetUnheard,
  stallAfter,
  withChecksum,
} from '../support/faults.ts';
import type { Operation } from '../support/s3-request.ts';
import type { Bucket, S3 } from '../support/s3-server.ts';
import { idle } from '../support/streams.ts';
import type { FaultKind, FaultPlan } from './fault-plan.ts';
import type { World } from './world.ts';

const OPERATIONS: readonly Operation[] = [
  ...(['GetObject', 'HeadObject', 'PutObject', 'CreateMultipartUpload', 'UploadPart'] as const),
  ...(['CompleteMultipartUpload', 'AbortMultipartUpload'] as const),
];

/** The embedded S3 server, over real connections, through the proxy that breaks them. */
export class HttpWorld implements World {
  readonly options: World['options'];
  readonly #bucket: Bucket;
  readonly #proxy: FaultProxy;
  readonly #handlers: readonly NodeHttpHandler[];
  readonly #lengths = new Map<string, number>();

  /** @param maxSockets Connections of a client. */
  static async open(s3: S3, name: string, plan: FaultPlan, maxSockets: number): Promise<HttpWorld> {
    return new HttpWorld(await s3.bucket(name), await startFaultProxy(s3), plan, maxSockets);
  }

  private constructor(bucket: Bucket, proxy: FaultProxy, plan: FaultPlan, maxSockets: number) {
    this.#bucket = bucket;
    this.#proxy = proxy;
    for (const operation of OPERATIONS) proxy.on({ operation }, (exchange) => this.#act(exchange, plan));
    const handler = () => new NodeHttpHandler({ httpAgent: { maxSockets, keepAlive: true } });
    const [reading, uploading] = [handler(), handler()];
    this.#handlers = [reading, uploading];
    const config = { ...proxy.config, maxAttempts: 1 };
    this.options = {
      client: new S3Client({ ...config, requestHandler: reading }),
      uploadClient: new S3Client({ ...config, requestHandler: uploading }),
    };
  }

  locate(key: string) {
    return { bucket: this.#bucket.name, key };
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    await this.#bucket.put(key, bytes);
    this.#lengths.set(key, bytes.length);
  }

  async contents(): Promise<ReadonlyMap<string, Buffer>> {
    const keys = await this.#bucket.keys();
    return new Map(await Promise.all(keys.map(async (key) => [key, await this.#bucket.bytes(key)] as const)));
  }

  unfinishedUploads(): readonly string[] {
    return this.#proxy.ledger.unfinishedUploads.map(({ id }) => id);
  }

  async leftOpen(): Promise<readonly string[]> {
    for (let tries = 0; tries < 100 && this.#open().length > 0; tries++) await idle();
    return this.#open();
  }

  async close(): Promise<void> {
    for (const client of Object.values(this.options)) client?.destroy();
    await this.#proxy.stop();
    for (const key of await this.#bucket.keys()) await this.#bucket.remove(key);
  }

  /** Requests that the client has not given up; connections whose answer has not come, or was not read to its end. */
  #open(): string[] {
    const inUse = this.#handlers
      .map((handler) => handler.httpHandlerConfigs().httpAgent as Agent | undefined)
      .flatMap((agent) => Object.values(agent?.sockets ?? {}).flat()).length;
    return [...this.#proxy.underWay, ...(inUse > 0 ? [`${inUse} connections in use`] : [])];
  }

  async #act(exchange: Exchange, plan: FaultPlan): Promise<void> {
    const { operation, key, query, headers } = exchange.request;
    const part = query.get('partNumber');
    const fault = plan.next(operation, key, part === null ? undefined : Number(part));
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const length = Math.max(0, (this.#lengths.get(key) ?? 0) - from);
    // An answer without a body is complete before it can stall.
    const happens = fault && !(fault.kind === 'stall' && length === 0);
    const action = happens ? actionOf(fault.kind, Math.floor(fault.at * length)) : pass;
    const isObject = operation === 'GetObject' && plan.rates.checksums;
    await (isObject ? edited(withChecksum, action) : action)(exchange);
  }
}

/** @param at Where in the body of the answer, in bytes. */
function actionOf(kind: FaultKind, at: number): Action {
  switch (kind) {
    case 'unavailable':
      return refuse(503, 'SlowDown');
    case 'denied':
      return refuse(403, 'AccessDenied');
    case 'gone':
      return refuse(404, 'NoSuchKey');
    case 'conflict':
      return refuse(409, 'ConditionalRequestConflict');
    case 'precondition':
      return refuse(412, 'PreconditionFailed');
    case 'unheard':
      return resetUnheard;
    case 'lost':
      return loseAnswer;
    case 'late':
      return failLate('InternalError');
    case 'silent':
      return keepSilent;
    case 'reset':
      return resetAfter(at);
    case 'stall':
      return stallAfter(at);
    case 'short':
      return endAfter(at, 'all');
    case 'unannounced':
      return endAfter(at, 'nothing');
    case 'replaced':
      return edited((answer, { headers }) =>
        headers['if-match'] === undefined
          ? answer
          : {
              ...answer,
              headers: { ...answer.headers, etag: '"another"' },
              body: Buffer.alloc(answer.body.length, 'x'),
            },
      );
    case 'unranged':
      return ignoreRange;
    case 'flip':
      return edited((answer, request) => (answer.body.length > at ? flipByte(at)(answer, request) : answer));
  }
}
