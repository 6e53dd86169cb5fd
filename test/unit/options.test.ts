import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { resolveOptions } from '../../src/options.ts';
import { parseOption, WORD_OPTIONS } from '../../src/word-options.ts';
import { failure } from '../support/errors.ts';

const MANIFEST = 's3://b/c/u/manifest.json';

describe('resolveOptions', () => {
  it('has a default for everything but the manifest', () => {
    const settings = resolveOptions({ manifest: MANIFEST });
    expect(settings).to.deep.include({
      manifest: { bucket: 'b', key: 'c/u/manifest.json' },
      concurrency: 8,
      partSize: 5 * 1024 ** 2,
      queueSize: 4,
      envelope: {},
      followDestinationBucket: false,
      limits: { maxResultBytes: 64 * 1024 ** 2, maxDepth: 1000 },
    });
    expect(settings.output).to.have.property('bucket', 'b');
  });

  it('takes addresses, paths and streams', () => {
    const stream = new PassThrough();
    expect(resolveOptions({ manifest: { bucket: 'b', key: 'k' }, output: stream }).output).to.equal(stream);
    expect(resolveOptions({ manifest: 'm.json', output: 's3://c/a b%20/+é' })).to.deep.include({
      manifest: { path: 'm.json' },
      output: { bucket: 'c', key: 'a b%20/+é' },
    });
    expect(resolveOptions({ manifest: MANIFEST, output: '/tmp/out.json' }).output).to.deep.equal({
      path: '/tmp/out.json',
    });
  });

  it('passes the limits of results on as plain data, and nothing else', () => {
    const { limits } = resolveOptions({ manifest: MANIFEST, maxResultBytes: 1024, maxDepth: 1 });
    expect(limits).to.deep.equal({ maxResultBytes: 1024, maxDepth: 1 });
  });

  it('lets a preset stand for options, which prevail over it', () => {
    const { ascii, envelope } = resolveOptions({ manifest: MANIFEST, preset: 'tdr' });
    expect({ ascii, envelope }).to.deep.equal({
      ascii: true,
      envelope: { statuses: { statuses: [] }, redactedResults: { redactedFiles: [], errors: [] } },
    });
    expect(resolveOptions({ manifest: MANIFEST, preset: 'tdr', ascii: false })).to.include({ ascii: false });
  });

  it('takes any name for a member of the envelope', () => {
    const envelope = { constructor: 1, toString: 2 };
    expect(resolveOptions({ manifest: MANIFEST, envelope }).envelope).to.equal(envelope);
  });

  it('refuses to be called without options', async () => {
    await failure('InvalidOption', () => resolveOptions(undefined as never));
  });

  it('compresses what is to be called .gz, unless it is told', () => {
    const gzip = (options: object) => resolveOptions({ manifest: MANIFEST, ...options }).gzip;
    expect(gzip({})).to.equal(false);
    expect(gzip({ output: 's3://b/all.json.gz' })).to.equal(true);
    expect(gzip({ output: 's3://b/all.json.gz', compress: 'none' })).to.equal(false);
    expect(gzip({ output: 'all.json', compress: 'gzip' })).to.equal(true);
  });

  const refused: [option: string, options: object, words: string][] = [
    ['manifest', { manifest: undefined }, 'manifest must have a bucket and a key, got undefined'],
    ['manifest', { manifest: '' }, 'manifest must be s3://bucket/key or a path, got ""'],
    ['manifest', { manifest: 's3://b' }, 'got "s3://b"'],
    ['manifest', { manifest: 's3://b/' }, 'got "s3://b/"'],
    ['manifest', { manifest: 'https://b/k' }, 'got "https://b/k"'],
    ['manifest', { manifest: { bucket: 'b', key: '' } }, 'manifest must have a bucket and a key'],
    ['output', { output: { bucket: 'b' } }, 'output must have a bucket and a key'],
    ['output', { output: 's3:///k' }, 'output must be s3://bucket/key or a path'],
    ['output', { manifest: 'm.json' }, 'output must be given for a local manifest'],
    ['concurrency', { concurrency: 0 }, 'concurrency must be a whole number from 1 to 1000, got 0'],
    ['concurrency', { concurrency: 1.5 }, 'got 1.5'],
    ['concurrency', { concurrency: '4' }, 'got "4"'],
    [
      'partSize',
      { partSize: 5 * 1024 ** 2 - 1 },
      'partSize must be a whole number of bytes from 5242880 to 5368709120',
    ],
    ['queueSize', { queueSize: 65 }, 'queueSize must be a whole number from 1 to 64, got 65'],
    ['maxResultBytes', { maxResultBytes: 1023 }, 'a whole number of bytes from 1024 to 134217728, got 1023'],
    ['maxResultBytes', { maxResultBytes: 128 * 1024 ** 2 + 1 }, 'got 134217729'],
    ['maxDepth', { maxDepth: 0 }, 'maxDepth must be a whole number from 1 to 10000, got 0'],
    ['maxDepth', { maxDepth: 10_001 }, 'got 10001'],
    ['envelope', { envelope: [] }, 'envelope must be a JSON object, got []'],
    ['envelope', { envelope: { results: 1 } }, 'the envelope must not have a member named results'],
    ['followDestinationBucket', { followDestinationBucket: 'yes' }, 'must be true or false, got "yes"'],
    ['transformation', { transformation: 'none' }, 'must be one of auto, NONE, COMPACT, FLATTEN, got "none"'],
    ['preset', { preset: 'other' }, 'preset must be tdr, got "other"'],
    ['resultsKey', { resultsKey: '' }, 'resultsKey must be a text that is not empty'],
    ['tags', { tags: { a: 1 } }, 'tags must be a JSON object of strings'],
    ['expectedBucketOwner', { expectedBucketOwner: '123' }, 'must be an account id of 12 digits, got "123"'],
    ['envelope', { envelope: { a: 1 }, envelopeBefore: { a: 2 } }, 'two members named a'],
    ['envelope', { envelope: { all: 1 }, resultsKey: 'all' }, 'a member named all'],
    ['envelope', { envelope: { failures: 1 }, failures: 'append' }, 'a member named failures'],
    ['format', { format: 'jsonl', envelope: { a: 1 } }, 'envelope does not go with format jsonl'],
    ['format', { format: 'jsonl', preset: 'tdr' }, 'envelope does not go with format jsonl'],
    ['format', { format: 'jsonl', failures: 'append' }, 'failures append does not go with format jsonl'],
    ['rerun', { rerun: 's3://b/rerun.json' }, 'rerun needs failures to be omit or append'],
    ['rerun', { rerun: 's3://b', failures: 'omit' }, 'rerun must be s3://bucket/key or a path'],
    ['verifyCounts', { verifyCounts: true, transformation: 'FLATTEN' }, 'verifyCounts does not go with'],
    [
      'emit',
      { emit: 'record', transformation: 'COMPACT' },
      'emit record does not go with transformation COMPACT',
    ],
    ['outputKey', { outputKey: '{x}' }, 'outputKey must have no {x}'],
    ['resultsKey', { resultsKey: 'failures', failures: 'append' }, 'resultsKey must not be failures'],
    ['output', { output: null }, 'output must have a bucket and a key, got null'],
    ['signal', { signal: 'x' }, 'signal must be an AbortSignal, got "x"'],
    ['onProgress', { onProgress: 'x' }, 'onProgress must be a function, got "x"'],
    ['map', { map: {} }, 'map must be a function'],
    ['client', { client: {} }, 'client must be a client of the AWS SDK'],
  ];
  for (const [option, options, words] of refused) {
    it(`refuses ${option} in ${JSON.stringify(options)}`, async () => {
      const error = await failure('InvalidOption', () => resolveOptions({ manifest: MANIFEST, ...options }));
      expect(error.message).to.include(words);
    });
  }
});

describe('parseOption', () => {
  it('reads numbers, sizes, words and JSON', () => {
    expect(parseOption(WORD_OPTIONS.concurrency, '--concurrency', '16')).to.equal(16);
    expect(parseOption(WORD_OPTIONS.maxResultBytes, '--max-result-bytes', '128MiB')).to.equal(
      128 * 1024 ** 2,
    );
    expect(parseOption(WORD_OPTIONS.maxDepth, '--max-depth', '10000')).to.equal(10_000);
    expect(parseOption(WORD_OPTIONS.partSize, '--part-size', '8388608')).to.equal(8 * 1024 ** 2);
    expect(parseOption(WORD_OPTIONS.partSize, '--part-size', '8MiB')).to.equal(8 * 1024 ** 2);
    expect(parseOption(WORD_OPTIONS.partSize, '--part-size', '1 gib')).to.equal(1024 ** 3);
    expect(parseOption(WORD_OPTIONS.partSize, '--part-size', '8192KiB')).to.equal(8 * 1024 ** 2);
    expect(parseOption(WORD_OPTIONS.followDestinationBucket, 'F', 'true')).to.equal(true);
    expect(parseOption(WORD_OPTIONS.followDestinationBucket, 'F', 'false')).to.equal(false);
    expect(parseOption(WORD_OPTIONS.envelope, 'E', '{"a":[1]}')).to.deep.equal({ a: [1] });
  });

  const refused: [keyof typeof WORD_OPTIONS, string][] = [
    ['concurrency', 'many'],
    ['concurrency', ''],
    ['concurrency', '1e3'],
    ['concurrency', '1001'],
    ['partSize', '8MB'],
    ['partSize', '1MiB'],
    ['partSize', 'MiB'],
    ['followDestinationBucket', '1'],
    ['envelope', '{'],
    ['envelope', 'null'],
    ['envelope', '[1]'],
  ];
  for (const [name, words] of refused) {
    it(`refuses ${JSON.stringify(words)} for ${name}, and says where it was given`, async () => {
      const error = await failure('InvalidOption', () =>
        parseOption(WORD_OPTIONS[name], 'AGGREGATE_X', words),
      );
      expect(error.message).to.match(/^AGGREGATE_X must /);
    });
  }
});
