import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import type { FindLeftovers, UnfinishedUpload } from './leftovers.ts';
import { formatLocation, type S3Prefix } from './location.ts';
import { accessParams, type S3Options } from './s3-options.ts';

/** How often an upload is aborted, as long as parts of it are there afterwards. */
const MAX_ABORTS = 5;

/** Finds unfinished uploads to keys that begin with the prefix, whoever made them: S3 does not say. */
export function s3Leftovers(
  client: S3Client,
  where: S3Prefix,
  options: S3Options,
  signal: AbortSignal,
): FindLeftovers {
  const access = accessParams(options);
  return async () => {
    try {
      const uploads = await list(client, where, access, signal);
      return uploads.map((upload) => ({
        leftover: upload,
        since: upload.initiated,
        remove: () => remove(client, upload, access, signal),
      }));
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const { bucket } = where;
      const message = `listing the unfinished uploads in ${bucket} failed: ${wordsOf(cause)}`;
      throw new MapRunResultsError('ReadFailed', message, { bucket, cause });
    }
  };
}

type Access = ReturnType<typeof accessParams>;

async function list(
  client: S3Client,
  { bucket, prefix }: S3Prefix,
  access: Access,
  abortSignal: AbortSignal,
): Promise<UnfinishedUpload[]> {
  const uploads: UnfinishedUpload[] = [];
  // XML cannot hold every key as it is.
  const about = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' as const, ...access };
  const markers = new Set<string>();
  for (let after = {}; ; ) {
    const page = await client.send(new ListMultipartUploadsCommand({ ...about, ...after }), { abortSignal });
    const read = page.EncodingType === 'url' ? decode : (key: string) => key;
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined)
        throw new Error('S3 listed an upload without an address');
      const key = read(Key);
      // Some stores do not heed the prefix.
      if (key.startsWith(prefix)) uploads.push({ bucket, key, uploadId: UploadId, initiated: Initiated });
    }
    if (!page.IsTruncated) return uploads;
    after = { KeyMarker: read(page.NextKeyMarker ?? ''), UploadIdMarker: page.NextUploadIdMarker };
    const marker = JSON.stringify(after);
    if (markers.has(marker)) throw new Error('the list goes round in circles');
    markers.add(marker);
  }
}

/** In S3's encoding, a space is a plus. */
function decode(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/**
 * Aborts an upload, and again while it has parts: those that were under way may still have come in, as
 * AbortMultipartUpload's documentation says.
 */
async function remove(
  client: S3Client,
  { bucket, key, uploadId }: UnfinishedUpload,
  access: Access,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const target = { Bucket: bucket, Key: key, UploadId: uploadId, ...access };
  try {
    for (let aborts = 0; aborts < MAX_ABORTS; aborts++) {
      const aborted = await client
        .send(new AbortMultipartUploadCommand(target), { abortSignal })
        .catch(unlessGone);
      if (!aborted) return aborts > 0;
      const left = await client
        .send(new ListPartsCommand({ ...target, MaxParts: 1 }), { abortSignal })
        .catch(unlessGone);
      if (!left?.Parts?.length) return true;
    }
    throw new Error(`parts of it still come in after ${MAX_ABORTS} aborts`);
  } catch (cause) {
    if (abortSignal.aborted) throw abortSignal.reason;
    const message = `aborting upload ${uploadId} to ${formatLocation({ bucket, key })} failed: ${wordsOf(cause)}`;
    throw new MapRunResultsError('WriteFailed', message, { bucket, key, uploadId, cause });
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
}
