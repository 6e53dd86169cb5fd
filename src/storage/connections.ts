import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** In milliseconds without a byte either way: S3 sends white space while it completes an upload, if that takes long. */
const IDLE = 120_000;

/**
 * What a client that uploads should have. With `Expect: 100-continue`, as is the SDK's default, every part would go over
 * a new connection; and a request that nobody answers would be waited for without end.
 */
export const UPLOADING = {
  expectContinueHeader: false,
  requestHandler: { socketTimeout: IDLE },
} satisfies S3ClientConfig;

/**
 * `client` as one that uploads, in everything else but its connections, of which it has a pool of its own: result files that are open but
 * not being read hold their connections, and must never keep the upload that everybody waits for from getting one.
 * What is not Node's own, such as a proxy's agent, is shared, as nothing is known about it.
 */
export function withOwnConnections(client: S3Client): { client: S3Client; close: () => void } {
  const { requestHandler } = client.config;
  // The handler knows its agents from its first request on; before it, nothing holds a connection of theirs.
  const used = requestHandler instanceof NodeHttpHandler ? requestHandler.httpHandlerConfigs() : {};
  const { httpAgent, httpsAgent, ...rest } = used;
  if (httpAgent?.constructor !== HttpAgent && httpsAgent?.constructor !== HttpsAgent)
    return { client, close: () => {} };

  const own = new NodeHttpHandler({
    ...rest,
    socketTimeout: rest.socketTimeout ?? IDLE,
    ...(httpAgent && { httpAgent: httpAgent.constructor === HttpAgent ? optionsOf(httpAgent) : httpAgent }),
    ...(httpsAgent && {
      httpsAgent: httpsAgent.constructor === HttpsAgent ? optionsOf(httpsAgent) : httpsAgent,
    }),
  });
  const config = { value: { ...client.config, requestHandler: own } };
  const middlewareStack = { value: client.middlewareStack.clone() };
  middlewareStack.value.remove('addExpectContinueMiddleware');
  return {
    client: Object.create(client, { config, middlewareStack }) as S3Client,
    close: () => own.destroy(),
  };
}

/** An agent's options are public, but missing from Node's types. */
function optionsOf(agent: HttpAgent): AgentOptions {
  return (agent as HttpAgent & { options: AgentOptions }).options;
}
