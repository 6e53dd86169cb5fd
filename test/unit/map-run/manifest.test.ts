import { Readable } from 'node:stream';
import { expect } from 'chai';
import {
  MAX_MANIFEST_BYTES,
  MAX_RESULT_FILES,
  mapRunId,
  parseManifest,
  readManifest,
  refuseIncomplete,
} from '../../../src/map-run/manifest.ts';
import { failure } from '../../support/errors.ts';

const LOCATION = { bucket: 'b', key: 'manifest.json' };
const parse = (document: unknown) => parseManifest(Buffer.from(JSON.stringify(document)), LOCATION);
const files = (...keys: string[]) => keys.map((Key) => ({ Key, Size: 2 }));

describe('parseManifest', () => {
  it('reads what AWS writes', () => {
    const manifest = parse({
      DestinationBucket: 'd',
      MapRunArn: 'arn:aws:states:eu-west-2:0:mapRun:sm/Map:1234',
      ResultFiles: { FAILED: files('f'), PENDING: [], SUCCEEDED: files('s0', 's1') },
    });
    expect(manifest.destinationBucket).to.equal('d');
    expect(mapRunId(manifest)).to.equal('1234');
    expect(manifest.resultFiles).to.deep.equal({
      SUCCEEDED: [
        { key: 's0', size: 2 },
        { key: 's1', size: 2 },
      ],
      FAILED: [{ key: 'f', size: 2 }],
      PENDING: [],
    });
  });

  it("reads one of SUCCEEDED alone, as TDR's README has it", () => {
    const manifest = parse({ DestinationBucket: 'd', ResultFiles: { SUCCEEDED: [{ Key: 's' }] } });
    expect(manifest.resultFiles).to.deep.equal({
      SUCCEEDED: [{ key: 's', size: 0 }],
      FAILED: [],
      PENDING: [],
    });
    expect(mapRunId(manifest)).to.equal(undefined);
  });

  const refused: [document: unknown, words: string][] = [
    [[], 'it is not an object'],
    [null, 'it is not an object'],
    [{}, 'it has no ResultFiles'],
    [{ ResultFiles: [] }, 'it has no ResultFiles'],
    [{ ResultFiles: {} }, 'ResultFiles.SUCCEEDED is not an array'],
    [{ ResultFiles: { SUCCEEDED: {} } }, 'ResultFiles.SUCCEEDED is not an array'],
    [{ ResultFiles: { SUCCEEDED: [], FAILED: 5 } }, 'ResultFiles.FAILED is not an array'],
    [{ ResultFiles: { SUCCEEDED: [5] } }, 'ResultFiles.SUCCEEDED[0] is not an object'],
    [{ ResultFiles: { SUCCEEDED: [{ Size: 1 }] } }, 'ResultFiles.SUCCEEDED[0].Key is not a key'],
    [{ ResultFiles: { SUCCEEDED: [{ Key: '' }] } }, 'ResultFiles.SUCCEEDED[0].Key is not a key'],
    [{ ResultFiles: { SUCCEEDED: [{ Key: 'k', Size: -1 }] } }, 'ResultFiles.SUCCEEDED[0].Size'],
    [{ ResultFiles: { SUCCEEDED: [{ Key: 'k', Size: '1' }] } }, 'ResultFiles.SUCCEEDED[0].Size'],
    [{ ResultFiles: { SUCCEEDED: files('k', 'k') } }, 'it lists k twice'],
    [{ ResultFiles: { SUCCEEDED: [], TIMED_OUT: files('k') } }, 'an unknown status, TIMED_OUT'],
    [{ MapRunArn: 5, ResultFiles: { SUCCEEDED: [] } }, 'MapRunArn is not a string'],
    [{ DestinationBucket: 5, ResultFiles: { SUCCEEDED: [] } }, 'DestinationBucket is not a string'],
  ];
  for (const [document, words] of refused) {
    it(`refuses ${JSON.stringify(document)}`, async () => {
      const error = await failure('ManifestMalformed', () => parse(document));
      expect(error).to.include(LOCATION);
      expect(error.message).to.include('s3://b/manifest.json is not a manifest').and.include(words);
    });
  }

  for (const bytes of ['', '{"ResultFiles":', 'hello', Buffer.from([0x22, 0xff, 0x22])]) {
    it(`refuses ${JSON.stringify(String(bytes))}, which is not JSON`, async () => {
      const error = await failure('ManifestMalformed', () => parseManifest(Buffer.from(bytes), LOCATION));
      expect(error.message).to.include('it is not JSON');
      expect(error.cause).to.be.an.instanceOf(Error);
    });
  }
});

describe('a manifest that is more than is taken', () => {
  const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);

  it('is refused for its size as soon as that much of it has arrived', async () => {
    const chunk = Buffer.alloc(1024 ** 2, ' ');
    let chunks = 0;
    let closed = false;
    async function* source() {
      try {
        for (; chunks < 100; chunks++) yield chunk;
      } finally {
        closed = true;
      }
    }
    const error = await failure('LimitExceeded', () => readManifest(source(), LOCATION));
    expect(error).to.include(LOCATION);
    expect(error.message).to.include('s3://b/manifest.json').and.include(`${MAX_MANIFEST_BYTES} bytes`);
    expect({ chunks, closed }).to.deep.equal({ chunks: MAX_MANIFEST_BYTES / chunk.length, closed: true });
  });

  it('is read where it is just as large as may be', async () => {
    const json = Buffer.from('{"ResultFiles":{"SUCCEEDED":[]}}');
    const space = Buffer.alloc(MAX_MANIFEST_BYTES - json.length, ' ');
    const { resultFiles } = await readManifest(Readable.from([space, json]), LOCATION);
    expect(resultFiles.SUCCEEDED).to.deep.equal([]);
  });

  it('is refused for the number of result files in all of its lists', async () => {
    const many = files(...Array.from({ length: MAX_RESULT_FILES - 1 }, (_, index) => `s${index}`));
    const [FAILED, PENDING] = [files('f'), files('p')];
    expect(parse({ ResultFiles: { SUCCEEDED: many, FAILED } }).resultFiles.SUCCEEDED).to.have.length(99_999);
    const error = await failure('LimitExceeded', () =>
      parse({ ResultFiles: { SUCCEEDED: many, FAILED, PENDING } }),
    );
    expect(error).to.include(LOCATION);
    expect(error.message).to.include('lists 100001 result files').and.include(String(MAX_RESULT_FILES));
  });

  for (const [where, json] of [
    ['as a whole', DEEP],
    ['in a list', `{"ResultFiles":{"SUCCEEDED":${DEEP}}}`],
    ['in a key', `{"ResultFiles":{"SUCCEEDED":[{"Key":${DEEP}}]}}`],
    ['where it has no end', DEEP.slice(0, 100_000)],
  ] as const) {
    it(`is refused as no manifest where it is nested deep ${where}`, async () => {
      await failure('ManifestMalformed', () => parseManifest(Buffer.from(json), LOCATION));
    });
  }
});

describe('refuseIncomplete', () => {
  it('lets a manifest of SUCCEEDED files pass', () => {
    refuseIncomplete(parse({ ResultFiles: { SUCCEEDED: files('s'), FAILED: [], PENDING: [] } }), LOCATION);
  });

  it('says how many files of which status there are, and their keys', async () => {
    const manifest = parse({
      ResultFiles: { SUCCEEDED: [], FAILED: files('f0', 'f1'), PENDING: files('p0') },
    });
    const error = await failure('MapRunIncomplete', () => refuseIncomplete(manifest, LOCATION));
    expect(error.message).to.include('2 FAILED (f0, f1) and 1 PENDING (p0)');
    expect(error).to.include(LOCATION);
  });

  it('names no more than ten keys of a status', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const manifest = parse({ ResultFiles: { SUCCEEDED: [], FAILED: files(...keys) } });
    const error = await failure('MapRunIncomplete', () => refuseIncomplete(manifest, LOCATION));
    expect(error.message)
      .to.include('12 FAILED (f0, f1,')
      .and.include('f9 and 2 more')
      .and.not.include('f10');
  });
});
