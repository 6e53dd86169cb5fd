import pLimit from 'p-limit';
import type { Answer, Ledger } from './fault-ledger.ts';
import { errorAnswer, escapeXml, xmlAnswer } from './faults.ts';
import type { S3Request } from './s3-request.ts';

type Send = (request: S3Request) => Promise<Answer>;

/** Does in the embedded server's place what S3 can and that server cannot. */
export function standIn(send: Send, ledger: Ledger): Send {
  const inTurn = pLimit(1);
  return async (request) => {
    const { operation, headers } = request;
    if (operation === 'ListMultipartUploads') return uploadsOf(request, ledger);
    if (operation === 'ListParts') return partsOf(request, ledger);
    const writes = operation === 'PutObject' || operation === 'CompleteMultipartUpload';
    // One after another, as no other write may come between the look and the write.
    if (writes && headers['if-none-match'] === '*') return await inTurn(() => unlessThere(request, send));
    return await send(request);
  };
}

async function unlessThere(request: S3Request, send: Send): Promise<Answer> {
  const path = request.url.replace(/\?.*/s, '');
  const there = await send({ ...request, method: 'HEAD', url: path, headers: {}, body: Buffer.alloc(0) });
  return there.status === 200 ? errorAnswer(412, 'PreconditionFailed', request.key) : await send(request);
}

function uploadsOf({ bucket, query }: S3Request, ledger: Ledger): Answer {
  const encoding = query.get('encoding-type');
  const encode = encoding === 'url' ? encodeURIComponent : escapeXml;
  const uploads = ledger.unfinishedUploads
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(query.get('prefix') ?? ''))
    .map(
      ({ id, key, initiated }) =>
        `<Upload><Key>${encode(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
    );
  const facts = `<Bucket>${bucket}</Bucket><IsTruncated>false</IsTruncated>${encoding === null ? '' : `<EncodingType>${encoding}</EncodingType>`}`;
  return xmlAnswer(
    200,
    `<ListMultipartUploadsResult>${facts}${uploads.join('')}</ListMultipartUploadsResult>`,
  );
}

/** Nobody asks for the parts of an upload that is under way. */
function partsOf({ key, query }: S3Request, ledger: Ledger): Answer {
  const isThere = ledger.unfinishedUploads.some(({ id }) => id === query.get('uploadId'));
  return isThere ? errorAnswer(501, 'NotImplemented', key) : errorAnswer(404, 'NoSuchUpload', key);
}
