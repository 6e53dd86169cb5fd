import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { type Override, s3Error, stubS3 } from './stub-s3.ts';

/** An unfinished upload in the bucket `bucket`. */
export interface StubUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated?: Date;
  /** How many aborts its parts survive, as some that were under way come in after each. Default 0. */
  readonly outlives?: number;
}

export interface StubUploadsOptions {
  readonly pageSize?: number;
  /** Answers before anything else does. */
  readonly override?: Override;
}

/** S3 as `stubS3` has it, with these unfinished uploads. It lists them in pages, and encodes keys as S3 does. */
export function stubUploads(uploads: readonly StubUpload[], options: StubUploadsOptions = {}) {
  const { pageSize = 1000, override } = options;
  const s3 = stubS3();
  if (override) s3.override(override);
  const left = new Map(uploads.map((upload) => [upload.uploadId, upload.outlives ?? 0]));
  const listed: ListMultipartUploadsCommandInput[] = [];
  const encode = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  const find = (uploadId = '') => {
    const outlives = left.get(uploadId);
    if (outlives === undefined) throw s3Error('NoSuchUpload', 'The specified upload does not exist.');
    return outlives;
  };

  s3.override((command) => {
    if (command instanceof ListMultipartUploadsCommand) {
      const { Prefix = '', KeyMarker = '', UploadIdMarker, EncodingType } = command.input;
      listed.push(command.input);
      const some = uploads.filter(({ key, uploadId }) => key.startsWith(Prefix) && left.has(uploadId));
      const begun = some.findIndex(({ key, uploadId }) => key === KeyMarker && uploadId === UploadIdMarker);
      const page = some.slice(begun + 1, begun + 1 + pageSize);
      const last = page.at(-1);
      return {
        EncodingType,
        IsTruncated: begun + 1 + pageSize < some.length,
        NextKeyMarker: last && encode(last.key),
        NextUploadIdMarker: last?.uploadId,
        Uploads: page.map(({ key, uploadId, initiated = new Date(0) }) => ({
          Key: encode(key),
          UploadId: uploadId,
          Initiated: initiated,
        })),
      };
    }
    if (command instanceof AbortMultipartUploadCommand) {
      const { UploadId = '' } = command.input;
      const outlives = find(UploadId);
      if (outlives > 0) left.set(UploadId, outlives - 1);
      else left.delete(UploadId);
      return {};
    }
    if (command instanceof ListPartsCommand) {
      find(command.input.UploadId);
      return { Parts: [{ PartNumber: 1 }] };
    }
    return undefined;
  });
  return {
    ...s3,
    /** What was asked for, page by page. */
    listed,
    /** Ids of those that are still there. */
    left: () => [...left.keys()],
  };
}
