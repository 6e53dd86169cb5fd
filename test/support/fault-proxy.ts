import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { Exchange } from './fault-exchange.ts';
import { type Answer, Ledger } from './fault-ledger.ts';
import { type Action, pass } from './faults.ts';
import { type Operation, readRequest, type S3Request } from './s3-request.ts';
import type { S3 } from './s3-server.ts';
import { standIn } from './s3-stand-in.ts';

/** Which requests a rule is for. */
export interface Match {
  readonly operation: Operation;
  readonly key?: string;
  readonly part?: number;
  /** From which to which of them, counted from 1; a retry counts. Default: all. */
  readonly calls?: readonly [from: number, to: number];
}

export const nth = (call: number) => [call, call] as const;
export const first = (calls: number) => [1, calls] as const;

/**
 * An HTTP proxy in this process before the embedded server. Without rules it changes nothing; `ledger` keeps account.
 */
export async function startFaultProxy(s3: Pick<S3, 'config' | 'endpoint' | 'environment'>) {
  const ledger = new Ledger();
  const rules: { match: Match; action: Action; seen: number }[] = [];
  const agent = new Agent({ keepAlive: true });
  const send = standIn((request) => sendTo(s3.endpoint, agent, request), ledger);
  const underWay = new Map<Exchange, Promise<void>>();

  /** The first rule that is for it; each counts all that it could have been for. */
  const actionFor = (request: S3Request): Action => {
    const matching = rules.filter(({ match }) => matches(match, request));
    for (const rule of matching) rule.seen++;
    return matching.find(({ match, seen }) => isBetween(seen, match.calls))?.action ?? pass;
  };

  const server = createServer(async (message, response) => {
    const request = await readRequest(message).catch((error: unknown) => {
      if (message.complete) throw error; // Otherwise the client went away while it was sending.
    });
    if (!request) return;
    ledger.request(request);
    const exchange = new Exchange(request, response, send, ledger);
    const done = actionFor(request)(exchange).then(() => exchange.over);
    underWay.set(exchange, done);
    await done.finally(() => underWay.delete(exchange));
  });
  server.keepAliveTimeout = 0; // Connections are the clients' to close.
  server.on('connection', (socket) => {
    ledger.connected();
    socket.on('close', () => ledger.disconnected());
    socket.on('error', () => {}); // Clients that go away are no fault of the proxy's.
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    endpoint,
    ledger,
    config: { ...s3.config, endpoint } satisfies S3ClientConfig,
    environment: { ...s3.environment, AWS_ENDPOINT_URL_S3: endpoint },
    on(match: Match, action: Action): void {
      rules.push({ match, action, seen: 0 });
    },
    /** Waits until no request is under way: each answered to its end, or given up by its client. */
    async quiet(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
    /** What `quiet` would wait for. */
    get underWay(): string[] {
      return [...underWay.keys()].map(({ request }) => `${request.operation} ${request.key}`);
    },
    /** Waits until no client is connected any more. */
    async deserted(): Promise<void> {
      while (ledger.sockets.open > 0) await new Promise(setImmediate);
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;

function matches({ operation, key, part }: Match, request: S3Request): boolean {
  if (operation !== request.operation) return false;
  if (key !== undefined && key !== request.key) return false;
  return part === undefined || `${part}` === request.query.get('partNumber');
}

function isBetween(call: number, [from, to] = [1, Number.POSITIVE_INFINITY] as readonly [number, number]) {
  return from <= call && call <= to;
}

/** Passes a request on as one whole: how it was framed on its way here is between the client and the proxy. */
async function sendTo(endpoint: string, agent: Agent, request: S3Request): Promise<Answer> {
  const { method, url, body } = request;
  const headers = {
    ...without(request.headers, 'expect', 'transfer-encoding', 'connection'),
    'content-length': body.length,
  };
  const { hostname, port } = new URL(endpoint);
  const outgoing = httpRequest({ hostname, port, path: url, method, agent, headers });
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return {
    status: incoming.statusCode ?? 0,
    headers: without(incoming.headers, 'connection', 'keep-alive', 'transfer-encoding'),
    body: Buffer.concat(chunks),
  };
}

function without<T extends object>(headers: T, ...names: string[]): Partial<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Partial<T>;
}
