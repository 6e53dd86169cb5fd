import type { PutObjectCommandInput, StorageClass } from '@aws-sdk/client-s3';

/** What real buckets ask for: see the options of the same names. */
export interface S3Options {
  readonly sseKmsKeyId?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly expectedBucketOwner?: string | undefined;
  readonly requestPayer?: boolean | undefined;
}

/** Parameters of every request. */
export function accessParams({ expectedBucketOwner, requestPayer }: S3Options) {
  return {
    ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
    ...(requestPayer && { RequestPayer: 'requester' as const }),
  };
}

/** Parameters of requests that make an object. */
export function objectParams({ sseKmsKeyId, storageClass, tags, metadata }: S3Options) {
  return {
    ...(sseKmsKeyId !== undefined && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: sseKmsKeyId }),
    ...(storageClass !== undefined && { StorageClass: storageClass as StorageClass }),
    ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
    ...(metadata && { Metadata: metadata }),
  } satisfies Partial<PutObjectCommandInput>;
}
