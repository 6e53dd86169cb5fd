import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** Requests as short as can be, for one object unless its key is given. */
export function s3Calls(client: S3Client, Bucket: string, Key: string) {
  const target = { Bucket, Key };
  return {
    get: (more: Partial<GetObjectCommandInput> = {}) =>
      client.send(new GetObjectCommand({ ...target, ...more })),
    head: () => client.send(new HeadObjectCommand(target)),
    put: (Body: string, more: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ ...target, Body, ...more })),
    async begin(more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ...more }));
      if (!UploadId) throw new Error('CreateMultipartUpload answered without an UploadId');
      return UploadId;
    },
    part: (UploadId: string, PartNumber: number, Body: Buffer | string) =>
      client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body })),
    complete(
      UploadId: string,
      parts: readonly { readonly ETag?: string | undefined }[],
      more: Partial<CompleteMultipartUploadCommandInput> = {},
    ) {
      const Parts = parts.map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
      const upload = { ...target, UploadId, MultipartUpload: { Parts } };
      return client.send(new CompleteMultipartUploadCommand({ ...upload, ...more }));
    },
    abort: (UploadId: string, key = Key) =>
      client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId })),
    listUploads: (more: Partial<ListMultipartUploadsCommandInput> = {}) =>
      client.send(new ListMultipartUploadsCommand({ Bucket, ...more })),
  };
}

/** Makes a request that S3 must refuse, and gives what it says. */
export async function refusal(request: Promise<unknown>): Promise<{ name: string; status?: number }> {
  let answer: unknown;
  try {
    answer = await request;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const { httpStatusCode: status } = error.$metadata;
    return { name: error.name, ...(status && { status }) };
  }
  throw new Error(`expected to be refused, but it was answered: ${JSON.stringify(answer)}`);
}
