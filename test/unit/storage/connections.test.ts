import { Agent } from 'node:https';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect } from 'chai';
import { withOwnConnections } from '../../../src/storage/connections.ts';

class ProxyAgent extends Agent {}

describe('withOwnConnections', () => {
  /** A client that has sent a request, to nobody. */
  async function used(requestHandler: ConstructorParameters<typeof NodeHttpHandler>[0]): Promise<S3Client> {
    const client = new S3Client({
      region: 'eu-west-2',
      endpoint: 'http://127.0.0.1:9',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(requestHandler),
    });
    await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })).catch(() => {});
    return client;
  }
  const agentsOf = (client: S3Client) =>
    (client.config.requestHandler as NodeHttpHandler).httpHandlerConfigs();

  it('gives a client of the same settings with a pool of its own', async () => {
    const client = await used({ connectionTimeout: 1234, httpsAgent: { maxSockets: 7 } });
    const own = withOwnConnections(client);
    expect(own.client).to.be.an.instanceOf(S3Client).and.not.equal(client);
    await own.client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })).catch(() => {});
    const [theirs, ours] = [agentsOf(client), agentsOf(own.client)];
    expect(ours).to.include({ connectionTimeout: 1234 });
    expect(ours.httpsAgent).to.include({ maxSockets: 7 }).and.not.equal(theirs.httpsAgent);
    expect(ours.httpAgent).to.be.an('object').and.not.equal(theirs.httpAgent);
    expect(own.client.config.region).to.equal(client.config.region);
    own.close();
  });

  it('asks nobody for leave to send a part, and waits for no answer for ever', async () => {
    const client = await used({});
    const own = withOwnConnections(client);
    const put = new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(5 * 1024 ** 2) });
    let expects: unknown;
    put.middlewareStack.add(
      (next) => (args) => {
        expects = 'Expect' in (args.request as { headers: object }).headers;
        return next(args);
      },
      { step: 'finalizeRequest' },
    );
    await client.send(put).catch(() => {});
    expect(expects).to.equal(true);
    await own.client.send(put).catch(() => {});
    expect(expects).to.equal(false);
    expect(agentsOf(own.client)).to.include({ socketTimeout: 120_000 });
    own.close();
  });

  it("shares an agent that is not Node's own", async () => {
    const httpsAgent = new ProxyAgent();
    const { client } = withOwnConnections(await used({ httpsAgent }));
    await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })).catch(() => {});
    expect(agentsOf(client).httpsAgent).to.equal(httpsAgent);
  });

  it('shares what it knows nothing about', () => {
    const client = new S3Client({ requestHandler: { handle: () => Promise.reject(new Error()) } as never });
    expect(withOwnConnections(client).client).to.equal(client);
    const unused = new S3Client({});
    expect(withOwnConnections(unused).client).to.equal(unused);
  });
});
