import { PassThrough, Readable, Writable } from 'node:stream';
import { GetObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { aggregate } from '../../src/aggregate.ts';
import type { Progress } from '../../src/options.ts';
import { failure } from '../support/errors.ts';
import { mapRun, recordsFile } from '../support/map-run.ts';
import { deferred, idle, text } from '../support/streams.ts';
import { answer, stubS3 } from '../support/stub-s3.ts';

const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

describe('aggregate', () => {
  afterEach(() => sinon.restore());

  /** Stubbed S3 with a Map Run in it, and the options to aggregate it. */
  const setUp = (
    succeeded: readonly (readonly string[])[],
    shape: Partial<Parameters<typeof mapRun>[0]> = {},
  ) => {
    const { manifestKey, files } = mapRun({ succeeded, ...shape });
    const s3 = stubS3(files);
    const manifest = { bucket: 'bucket', key: manifestKey };
    const keyOf = (n: number) => manifestKey.replace('manifest.json', `SUCCEEDED_${n}.json`);
    // Said, so that nothing is read to find it out.
    const form = { transformation: 'NONE', outputType: 'JSON' } as const;
    const output = { bucket: 'bucket', key: 'out.json' };
    return { s3, keyOf, options: { manifest, output, client: s3.client, ...form } };
  };
  const results = (document: unknown) => (JSON.parse(String(document)) as { results: unknown[] }).results;

  it('writes the results of all files into one document and sums up', async () => {
    const { s3, options } = setUp([['1', '{"a":2.0}'], [], ['"é"']]);
    const summary = await aggregate({ ...options, envelope: { statuses: [] }, threads: 0 });
    const document = '{"results":[1,{"a":2.0},"é"],"statuses":[]}';
    expect(s3.object('out.json')).to.equal(document);
    const { milliseconds, ...rest } = summary;
    expect(rest).to.deep.equal({
      bucket: 'bucket',
      key: 'out.json',
      etag: '"put"',
      results: 3,
      files: 3,
      filesRead: 3,
      filesEmpty: 1,
      statuses: { SUCCEEDED: 3 },
      outputType: 'JSON',
      elements: 'records',
      partSize: 5 * 1024 ** 2,
      bytesRead: [['1', '{"a":2.0}'], [], ['"é"']].reduce(
        (sum, file) => sum + Buffer.byteLength(recordsFile(file)),
        0,
      ),
      bytesWritten: Buffer.byteLength(document),
      resumptions: 0,
      threads: 0,
      warnings: [],
    });
    expect(milliseconds).to.be.at.least(0);
  });

  it('is an empty document for a run without results', async () => {
    for (const succeeded of [[], [[]], [[], [], []]]) {
      const { s3, options } = setUp(succeeded);
      expect(await aggregate(options)).to.include({ results: 0, files: succeeded.length });
      expect(s3.object('out.json')).to.equal('{"results":[]}');
    }
  });

  it('derives the output from the manifest when none is given', async () => {
    const { s3, options } = setUp([['1']]);
    const { output: _, ...rest } = options;
    const { key = '' } = await aggregate(rest);
    expect(key).to.match(/^consignment\/[0-9a-f-]{36}\/results\.json$/);
    expect(s3.object(key)).to.equal('{"results":[1]}');
  });

  it("keeps the manifest's order, however long each file takes, with `concurrency` files open at most", async () => {
    const files = Array.from({ length: 1000 }, (_, n) => texts(n * 3, n * 3 + (n % 4)));
    const { s3, options } = setUp(files);
    let open = 0;
    let most = 0;
    let asked = 0;
    s3.override(async (command) => {
      if (!(command instanceof GetObjectCommand) || !command.input.Key?.includes('SUCCEEDED'))
        return undefined;
      const object = s3.object(command.input.Key) as string;
      most = Math.max(most, ++open);
      const turns = (asked++ * 7) % 11; // Later files often answer first.
      const body = Readable.from(
        (async function* () {
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          yield Buffer.from(object);
        })(),
      ).once('close', () => open--);
      return answer(body, { ContentLength: object.length });
    });
    const summary = await aggregate({ ...options, concurrency: 8 });
    expect(results(s3.object('out.json'))).to.deep.equal(files.flat().map(Number));
    expect(summary).to.include({ files: 1000, results: files.flat().length });
    expect(most).to.equal(8);
    expect(open).to.equal(0);
  });

  it('keeps a file open until its last batch is taken, so that buffers do not pile up', async () => {
    const { s3, options, keyOf } = setUp(Array.from({ length: 50 }, () => ['1']));
    const first = deferred();
    const opened: string[] = [];
    s3.override(async (command) => {
      if (!(command instanceof GetObjectCommand)) return undefined;
      opened.push(command.input.Key ?? '');
      if (command.input.Key === keyOf(0)) await first.promise;
      return undefined;
    });
    const aggregating = aggregate({ ...options, concurrency: 4 });
    await idle();
    expect(opened.slice(1)).to.deep.equal([0, 1, 2, 3].map(keyOf));
    first.resolve();
    expect(await aggregating).to.include({ results: 50 });
  });

  it('stops reading while the destination takes nothing', async () => {
    const file = Buffer.from(`[${'{"Output":"12345678"},'.repeat(50_000)}{"Output":"0"}]`);
    const { s3, options } = setUp(Array.from({ length: 6 }, () => ['1']));
    let read = 0;
    s3.override((command) => {
      if (!(command instanceof GetObjectCommand) || !command.input.Key?.includes('SUCCEEDED'))
        return undefined;
      const body = Readable.from(
        (async function* () {
          for (let at = 0; at < file.length; at += 65_536) {
            read += 65_536;
            yield file.subarray(at, at + 65_536);
          }
        })(),
        { highWaterMark: 1 },
      );
      return answer(body, { ContentLength: file.length });
    });
    const taking = new PassThrough({ highWaterMark: 1 });
    const aggregating = aggregate({ ...options, output: taking, concurrency: 2 });
    await idle();
    const before = read;
    // Two files may be open; each runs ahead by 8 batches of 64 KiB of results, read from about 160 KiB each.
    expect(before).to.be.below(2 * 12 * 3 * 65_536);
    await idle();
    expect(read).to.equal(before);
    expect(results(await text(taking))).to.have.length(6 * 50_001);
    await aggregating;
    expect(read).to.be.at.least(6 * file.length);
  });

  it('reports progress as it goes, the last time with all of it', async () => {
    const { options } = setUp([texts(0, 20_000), texts(0, 10)]);
    const seen: Progress[] = [];
    const summary = await aggregate({ ...options, onProgress: (progress) => seen.push(progress) });
    expect(seen.length).to.be.above(1);
    for (const [index, progress] of seen.slice(1).entries()) {
      expect(progress.results).to.be.at.least(seen[index]?.results ?? 0);
      expect(progress.bytesTotal).to.equal(summary.bytesRead);
    }
    const { results, files, bytesRead, bytesWritten } = summary;
    expect(seen.at(-1)).to.deep.equal({
      results,
      files,
      bytesRead,
      bytesWritten,
      bytesTotal: bytesRead,
      filesRead: 2,
      resumptions: 0,
    });
  });

  it('warns of sizes and of a bucket that are not as the manifest says', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']], bucket: 'elsewhere' });
    const s3 = stubS3([
      ...files,
      [manifestKey, (files.get(manifestKey) ?? '').replace(/"Size":\d+/, '"Size":1')],
    ]);
    const summary = await aggregate({ manifest: { bucket: 'bucket', key: manifestKey }, client: s3.client });
    expect(summary.warnings).to.have.length(2);
    const buckets = s3.send.args.map(([command]) => (command.input as { Bucket: string }).Bucket);
    expect(new Set(buckets)).to.deep.equal(new Set(['bucket']));
  });

  it('follows DestinationBucket when asked to', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']], bucket: 'elsewhere' });
    const s3 = stubS3(files);
    const manifest = { bucket: 'bucket', key: manifestKey };
    const summary = await aggregate({
      manifest,
      client: s3.client,
      followDestinationBucket: true,
      transformation: 'NONE',
      outputType: 'JSON',
    });
    expect(summary.warnings).to.deep.equal([]);
    expect(s3.send.args.map(([command]) => (command.input as { Bucket: string }).Bucket)).to.deep.equal([
      'bucket',
      'elsewhere',
      'bucket',
    ]);
  });

  it('uses `uploadClient` for the upload and `client` for the rest', async () => {
    const { s3, options } = setUp([['1']]);
    const uploads = stubS3();
    await aggregate({ ...options, uploadClient: uploads.client });
    expect(uploads.sent).to.deep.equal(['PutObject']);
    expect(s3.sent).to.deep.equal(['GetObject', 'GetObject']);
  });

  describe('when something fails', () => {
    it('throws the error of a file at once, though an earlier one stalls, and closes what is open', async () => {
      const { s3, options, keyOf } = setUp([['1'], ['2'], ['3']]);
      const stalled = new Readable({ read() {} });
      s3.override((command) => {
        if (!(command instanceof GetObjectCommand)) return undefined;
        if (command.input.Key === keyOf(0)) return answer(stalled);
        if (command.input.Key === keyOf(1)) return answer('[5]');
        return undefined;
      });
      const error = await failure('ResultFileMalformed', () => aggregate(options));
      expect(error).to.include({ key: keyOf(1), resultNumber: 1, byteOffset: 1 });
      expect(stalled.destroyed).to.equal(true);
      expect(s3.object('out.json')).to.equal(undefined);
    });

    it('writes nothing when a source fails in mid-stream, after parts have been uploaded', async () => {
      const large = JSON.stringify('x'.repeat(1_000_000));
      const { s3, options, keyOf } = setUp([Array.from({ length: 12 }, () => large), ['1']]);
      const content = String(s3.object(keyOf(0)));
      s3.override((command) => {
        if (!(command instanceof GetObjectCommand) || command.input.Key !== keyOf(0)) return undefined;
        async function* body() {
          yield Buffer.from(content.slice(0, -500_000));
          while (!s3.sent.includes('UploadPart')) await new Promise(setImmediate);
          throw new Error('socket hang up');
        }
        return answer(Readable.from(body()));
      });
      const error = await failure('ReadFailed', () => aggregate(options));
      expect(error).to.include({ key: keyOf(0), byteOffset: content.length - 500_000 });
      expect(s3.object('out.json')).to.equal(undefined);
      expect(s3.sent.at(-1)).to.equal('AbortMultipartUpload');
    });

    it('throws the error of the destination, and closes what is open', async () => {
      const { s3, options } = setUp([texts(0, 30_000), ['1']]);
      const bodies: Readable[] = [];
      s3.override((command) => {
        if (!(command instanceof GetObjectCommand) || !command.input.Key?.includes('SUCCEEDED'))
          return undefined;
        const got = answer(String(s3.object(command.input.Key)));
        bodies.push(got.Body);
        return got;
      });
      const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
      const error = await failure('WriteFailed', () => aggregate({ ...options, output }));
      expect(error.message).to.include('disk full');
      await idle();
      expect(bodies.map((body) => body.destroyed)).to.deep.equal([true, true]);
    });

    it('refuses to write over what it reads', async () => {
      const { s3, options, keyOf } = setUp([['1'], ['2']]);
      for (const key of [options.manifest.key, keyOf(1)]) {
        const error = await failure('DestinationIsInput', () =>
          aggregate({ ...options, output: { bucket: 'bucket', key } }),
        );
        expect(error).to.include({ bucket: 'bucket', key });
      }
      expect(s3.sent).to.deep.equal(['GetObject', 'GetObject']);
    });

    it('refuses a run that is not complete before it opens a result file', async () => {
      const { s3, options } = setUp([['1']], { failed: ['[]'], pending: ['[]'] });
      const error = await failure('MapRunIncomplete', () => aggregate(options));
      expect(error.message).to.include('1 FAILED').and.include('1 PENDING');
      expect(s3.sent).to.deep.equal(['GetObject']);
    });

    it('fails when onProgress does', async () => {
      const { s3, options } = setUp([['1']]);
      const broken = new Error('no terminal');
      const onProgress = () => {
        throw broken;
      };
      expect(await aggregate({ ...options, onProgress }).catch((error: unknown) => error)).to.equal(broken);
      expect(s3.object('out.json')).to.equal(undefined);
    });
  });

  describe('when the caller aborts', () => {
    it('does nothing if that was before', async () => {
      const { s3, options } = setUp([['1']]);
      const reason = new Error('enough');
      const error = await failure('AbortError', () =>
        aggregate({ ...options, signal: AbortSignal.abort(reason) }),
      );
      expect(error.cause).to.equal(reason);
      expect(s3.object('out.json')).to.equal(undefined);
    });

    it('stops a read that stalls', async () => {
      const { s3, options, keyOf } = setUp([['1']]);
      const body = new Readable({ read() {} });
      s3.override((command) =>
        command instanceof GetObjectCommand && command.input.Key === keyOf(0) ? answer(body) : undefined,
      );
      const controller = new AbortController();
      const aggregating = failure('AbortError', () => aggregate({ ...options, signal: controller.signal }));
      await idle();
      controller.abort();
      await aggregating;
      expect(body.destroyed).to.equal(true);
    });

    it('stops a part under way and aborts the upload', async () => {
      const large = JSON.stringify('x'.repeat(1_000_000));
      const { s3, options } = setUp([Array.from({ length: 12 }, () => large)]);
      const underWay = deferred();
      s3.override((command, signal) => {
        if (!(command instanceof UploadPartCommand)) return undefined;
        underWay.resolve();
        return new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('cancelled'))),
        );
      });
      const controller = new AbortController();
      const aggregating = failure('AbortError', () => aggregate({ ...options, signal: controller.signal }));
      await underWay.promise;
      controller.abort(new Error('enough'));
      expect(await aggregating).to.have.nested.property('cause.message', 'enough');
      expect(s3.sent.at(-1)).to.equal('AbortMultipartUpload');
    });

    it('leaves no listener behind on a signal that lives on', async () => {
      const controller = new AbortController();
      const added = sinon.spy(controller.signal, 'addEventListener');
      const { options } = setUp([['1']]);
      await aggregate({ ...options, signal: controller.signal });
      expect(added.callCount).to.equal(1);
      expect(added.firstCall.args[2]).to.have.nested.property('signal.aborted', true); // Which removes it.
    });
  });
});
