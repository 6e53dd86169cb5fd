import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Of S3's operations those that a job uses; whatever else is done to a bucket is one. */
export type Operation =
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListParts'
  | 'ListMultipartUploads'
  | 'BucketOperation';

/** A request as S3 understands it, received to its end. */
export interface S3Request {
  readonly operation: Operation;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly method: string;
  readonly url: string;
  /** An action may change them before the request is passed on. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads a path-style request; fails when the client goes away before it is all there. */
export async function readRequest(message: IncomingMessage): Promise<S3Request> {
  const { method = '', url = '', headers } = message;
  // Not by the URL class, which would resolve the dots of a key such as `a/../b`.
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const query = new URLSearchParams(search);
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return {
    operation: operationOf(method, key, query),
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key),
    query,
    method,
    url,
    headers: { ...headers },
    body: Buffer.concat(chunks),
  };
}

function operationOf(method: string, key: string, query: URLSearchParams): Operation {
  if (key === '')
    return method === 'GET' && query.has('uploads') ? 'ListMultipartUploads' : 'BucketOperation';
  const ofUpload = query.has('uploadId');
  switch (method) {
    case 'GET':
      return ofUpload ? 'ListParts' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      return ofUpload ? 'UploadPart' : 'PutObject';
    case 'POST':
      return ofUpload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload';
    case 'DELETE':
      return ofUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    default:
      throw new Error(`no operation of S3 that is known here: ${method} ${key}?${query}`);
  }
}
