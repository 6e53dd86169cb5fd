import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { BUCKET, MANIFEST_KEY, makeFixtures } from './fixtures.ts';
import type { Settings } from './settings.ts';
import { PARTS_PATH, swallow, Uploads } from './uploads.ts';

// As much of S3 as one bucket's GetObject, PutObject and multipart uploads. Runs in a process of its own: what it
// serves is made up on the way out, and what it is sent is swallowed, so neither disk nor memory takes part.

export interface ServerReady {
  readonly endpoint: string;
}

const fixtures = makeFixtures(JSON.parse(process.argv[2] ?? '') as Settings);
const files = new Map(fixtures.files.map((file) => [file.key, file]));
const uploads = new Uploads();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const path = decodeURIComponent(pathname);
  if (path.startsWith(PARTS_PATH)) {
    const parts = uploads.parts(path.slice(PARTS_PATH.length));
    response.writeHead(parts ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(parts ?? null));
    return;
  }
  if (!path.startsWith(`/${BUCKET}/`)) return fail(response, 404, 'NoSuchBucket');
  const key = path.slice(`/${BUCKET}/`.length);
  const uploadId = query.get('uploadId');

  // Answered wrongly, these would be measured wrongly.
  if (headers.range !== undefined || headers['content-encoding']?.includes('aws-chunked'))
    return fail(response, 501, 'NotImplemented');

  if (method === 'GET') return await getObject(key, response);
  if (method === 'PUT') {
    const part = await swallow(request);
    if (uploadId === null) uploads.put(key, [part]);
    else if (!uploads.addPart(uploadId, Number(query.get('partNumber')), part))
      return fail(response, 404, 'NoSuchUpload');
    response.writeHead(200, { etag: etagOf(`${part.bytes}-${part.crc}`) }).end();
    return;
  }
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

function etagOf(text: string): string {
  return `"${Buffer.from(text).toString('hex')}"`;
}

function xml(response: ServerResponse, name: string, members: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${members}</${name}>`);
}

function fail(response: ServerResponse, status: number, code: string): void {
  xml(response, 'Error', `<Code>${code}</Code><Message>${code}</Message>`, status);
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
