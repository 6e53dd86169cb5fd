import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { aggregate } from '../../src/aggregate.ts';
import { OUTPUT_TYPES, resultFile, resultsOf, TRANSFORMATIONS } from '../support/forms.ts';
import { mapRun } from '../support/map-run.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';
import { chunked } from '../support/streams.ts';
import { answer, stubS3 } from '../support/stub-s3.ts';

const OUTPUTS = [
  { fileId: 'a', path: 'réunions/会議録 😀', size: 1.5, none: null, nested: [{ deep: [true, false] }] },
  [{ n: 1 }, { n: 2 }],
  [],
  'text with "quotes", \\ and \u007f\u0080',
  12,
  {},
];
const FILES = {
  'one file': [OUTPUTS],
  'three files, one empty': [OUTPUTS.slice(0, 2), [], OUTPUTS.slice(2)],
};

describe('every form, over HTTP', () => {
  let s3: S3;
  let bucket: Bucket;
  before(async () => {
    s3 = await startS3();
    bucket = await s3.bucket();
  });
  after(() => s3.stop());
  afterEach(() => sinon.restore());

  for (const transformation of TRANSFORMATIONS) {
    for (const outputType of OUTPUT_TYPES) {
      for (const [which, files] of Object.entries(FILES)) {
        for (const format of ['json', 'jsonl'] as const) {
          for (const ascii of [false, true]) {
            const name = `${transformation} ${outputType}, ${which} → ${format}${ascii ? ', ASCII' : ''}`;
            it(name, async () => {
              const run = mapRun({
                succeeded: files.map((file) => [resultFile(file, transformation, outputType)]),
                content: ([content]) => content ?? '',
                extension: outputType.toLowerCase(),
                bucket: bucket.name,
                prefix: name,
              });
              await bucket.putMapRun(run);
              const manifest = { bucket: bucket.name, key: run.manifestKey };
              const expected = resultsOf(OUTPUTS, transformation);

              const summary = await aggregate({ manifest, client: s3.client, format, ascii });
              const document = await bucket.get(summary.key ?? '');
              expect(parsed(document, format)).to.deep.equal(expected);
              expect(summary).to.include({
                results: expected.length,
                outputType,
                elements: transformation === 'NONE' ? 'records' : 'outputs',
              });
              if (ascii) expect(Buffer.byteLength(document)).to.equal(document.length);

              // The same when told, and when every byte comes by itself.
              const stub = stubS3(run.files);
              stub.override((command) => {
                if (!(command instanceof GetObjectCommand)) return undefined;
                const content = run.files.get(command.input.Key ?? '') ?? '';
                return answer(Readable.from(chunked(content, 1)), {
                  ContentLength: Buffer.byteLength(content),
                });
              });
              const told = { transformation, outputType, format, ascii, client: stub.client };
              const { key } = await aggregate({ manifest, ...told });
              expect(String(stub.object(key ?? ''))).to.equal(document);
            });
          }
        }
      }
    }
  }

  it('any JSON value, in any of those forms', async () => {
    const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }).map(withoutNegativeZero);
    const runs = fc.record({
      files: fc.array(fc.array(json, { maxLength: 5 }), { maxLength: 4 }),
      transformation: fc.constantFrom(...TRANSFORMATIONS),
      outputType: fc.constantFrom(...OUTPUT_TYPES),
      format: fc.constantFrom('json' as const, 'jsonl' as const),
      ascii: fc.boolean(),
      chunkSize: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ files, transformation, outputType, format, ascii, chunkSize }) => {
        const run = mapRun({
          succeeded: files.map((file) => [resultFile(file, transformation, outputType)]),
          content: ([content]) => content ?? '',
        });
        const stub = stubS3(run.files);
        stub.override((command) => {
          if (!(command instanceof GetObjectCommand)) return undefined;
          const content = run.files.get(command.input.Key ?? '') ?? '';
          return answer(Readable.from(chunked(content, chunkSize)), {
            ContentLength: Buffer.byteLength(content),
          });
        });
        const manifest = { bucket: 'bucket', key: run.manifestKey };
        const options = { manifest, client: stub.client, transformation, outputType, format, ascii };
        const { key } = await aggregate(options);
        sinon.restore();
        const document = String(stub.object(key ?? ''));
        expect(parsed(document, format)).to.deep.equal(resultsOf(files.flat(), transformation));
        if (ascii) expect(Buffer.byteLength(document)).to.equal(document.length);
      }),
      { numRuns: 300 },
    );
  });
});

function parsed(document: string, format: 'json' | 'jsonl'): unknown {
  if (format === 'json') return (JSON.parse(document) as { results: unknown }).results;
  const lines = document.split('\n');
  expect(lines.pop()).to.equal('');
  return lines.map((line) => JSON.parse(line));
}

/** JSON.stringify writes -0 as 0, so it is not what arrives that would differ. */
function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
