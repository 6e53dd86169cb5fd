import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BUCKET, MANIFEST_KEY, makeFixtures } from '../fixtures/fixtures.ts';
import { fail, xml } from './answers.ts';
import { CPU_PATH, PARTS_PATH, type ServerReady, type ServerSettings } from './protocol.ts';
import { swallow, Uploads } from './uploads.ts';

// As much of S3 as one bucket's GetObject, PutObject and multipart uploads. Runs in a process of its own: what it
// serves is a few blocks over and over, and what it is sent is swallowed, so neither disk nor memory takes part.

const settings = JSON.parse(process.argv[2] ?? '') as ServerSettings;
const fixtures = makeFixtures(settings.fixtures);
const files = new Map(fixtures.files.map((file) => [file.key, file]));
const uploads = new Uploads();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const path = decodeURIComponent(pathname);
  if (path === CPU_PATH) return tell(response, process.cpuUsage());
  if (path.startsWith(PARTS_PATH)) return tell(response, uploads.parts(path.slice(PARTS_PATH.length)));
  if (!path.startsWith(`/${BUCKET}/`)) return fail(response, 404, 'NoSuchBucket');
  const key = path.slice(`/${BUCKET}/`.length);

  // Answered wrongly, these would be measured wrongly.
  if (headers.range !== undefined || headers['content-encoding']?.includes('aws-chunked'))
    return fail(response, 501, 'NotImplemented');

  if (settings.latency > 0) await delay(settings.latency);
  if (method === 'GET') return await getObject(key, response);
  if (method === 'PUT') return await put(key, query, request, response);
  const uploadId = query.get('uploadId');
  const names = `<Bucket>${BUCKET}</Bucket><Key>${key}</Key>`;
  if (method === 'POST' && query.has('uploads'))
    return xml(response, 'InitiateMultipartUploadResult', `${names}<UploadId>${uploads.create()}</UploadId>`);
  if (method === 'POST' && uploadId !== null) {
    const body = Buffer.concat(await request.toArray()).toString();
    const numbers = Array.from(body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g), ([, number]) =>
      Number(number),
    );
    if (!uploads.complete(uploadId, key, numbers)) return fail(response, 400, 'InvalidPart');
    return xml(response, 'CompleteMultipartUploadResult', `${names}<ETag>${etagOf(uploadId)}</ETag>`);
  }
  if (method === 'DELETE' && uploadId !== null) {
    uploads.abort(uploadId);
    response.writeHead(204).end();
    return;
  }
  fail(response, 501, 'NotImplemented');
}

async function getObject(key: string, response: ServerResponse): Promise<void> {
  const file = files.get(key);
  if (!file && key !== MANIFEST_KEY) return fail(response, 404, 'NoSuchKey');
  response.writeHead(200, {
    'content-length': file?.bytes ?? fixtures.manifest.length,
    'content-type': 'application/json',
    etag: etagOf(key),
  });
  await pipeline(file?.content() ?? [fixtures.manifest], response);
}

async function put(key: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse) {
  const part = await swallow(request);
  const uploadId = query.get('uploadId');
  if (uploadId === null) uploads.put(key, [part]);
  else if (!uploads.addPart(uploadId, Number(query.get('partNumber')), part))
    return fail(response, 404, 'NoSuchUpload');
  response.writeHead(200, { etag: etagOf(`${part.bytes}-${part.crc}`) }).end();
}

function tell(response: ServerResponse, facts: unknown): void {
  response.writeHead(facts ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(facts ?? null));
}

function etagOf(text: string): string {
  return `"${Buffer.from(text).toString('hex')}"`;
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
});
// A contender may leave a connection idle for as long as it likes: one closed under its hands would look like a fault.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ endpoint: `http://127.0.0.1:${port}` } satisfies ServerReady);
});
process.once('disconnect', () => process.exit()); // The parent has ended, or needs it no more.
