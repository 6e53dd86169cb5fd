import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * `client` in everything but its connections, of which it has a pool of its own: result files that are open but
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
    ...(httpAgent && { httpAgent: httpAgent.constructor === HttpAgent ? optionsOf(httpAgent) : httpAgent }),
    ...(httpsAgent && {
      httpsAgent: httpsAgent.constructor === HttpsAgent ? optionsOf(httpsAgent) : httpsAgent,
    }),
  });
  const config = { value: { ...client.config, requestHandler: own } };
  return { client: Object.create(client, { config }) as S3Client, close: () => own.destroy() };
}

/** An agent's options are public, but missing from Node's types. */
function optionsOf(agent: HttpAgent): AgentOptions {
  return (agent as HttpAgent & { options: AgentOptions }).options;
}
