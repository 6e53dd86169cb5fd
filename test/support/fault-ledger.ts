import type { Operation, S3Request } from './s3-request.ts';

/** What the real server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request that has reached the proxy, whatever became of it. */
export interface Entry {
  readonly operation: Operation;
  readonly bucket: string;
  readonly key: string;
  readonly partNumber: number | undefined;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface MultipartUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  state: 'created' | 'completed' | 'aborted';
}

/** Keeps account of everything that passes through the proxy. */
export class Ledger {
  /** In the order of their arrival. */
  readonly requests: Entry[] = [];
  /** By the real server's own answers, whether or not the client has got to see them. */
  readonly uploads = new Map<string, MultipartUpload>();
  /** Connections of clients, now and at most. */
  readonly sockets = { open: 0, most: 0 };
  /** Of bodies, to clients. */
  bytesSent = 0;

  of(operation: Operation, key?: string): Entry[] {
    return this.requests.filter(
      (entry) => entry.operation === operation && (key === undefined || entry.key === key),
    );
  }

  get unfinishedUploads(): MultipartUpload[] {
    return [...this.uploads.values()].filter(({ state }) => state === 'created');
  }

  request({ operation, bucket, key, query, headers }: S3Request): void {
    const partNumber = query.get('partNumber');
    this.requests.push({
      operation,
      bucket,
      key,
      partNumber: partNumber === null ? undefined : Number(partNumber),
      range: headers.range,
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
    });
  }

  answer({ operation, bucket, key, query }: S3Request, { status, body }: Answer): void {
    if (status >= 300) return;
    if (operation === 'CreateMultipartUpload') {
      const id = /<UploadId>(.+)<\/UploadId>/.exec(body.toString())?.[1] ?? '';
      this.uploads.set(id, { id, bucket, key, initiated: new Date(), state: 'created' });
      return;
    }
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (operation === 'CompleteMultipartUpload' && upload) upload.state = 'completed';
    if (operation === 'AbortMultipartUpload' && upload) upload.state = 'aborted';
  }

  connected(): void {
    this.sockets.open++;
    this.sockets.most = Math.max(this.sockets.most, this.sockets.open);
  }

  disconnected(): void {
    this.sockets.open--;
  }
}
