import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { runWith } from '../../support/command-line.ts';
import { mapRun } from '../../support/map-run.ts';
import { stubS3 } from '../../support/stub-s3.ts';

describe('run', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
  });
  afterEach(async () => {
    sinon.restore();
    await rm(folder, { recursive: true });
  });

  async function localRun(results = ['1', '2']): Promise<string> {
    const { files } = mapRun({ succeeded: [results] });
    for (const [key, content] of files)
      await writeFile(join(folder, key.split('/').at(-1) as string), content);
    return join(folder, 'manifest.json');
  }

  it('writes the document and says what it did', async () => {
    const target = join(folder, 'out.json');
    const { code, out, err } = await runWith(['aggregate', await localRun(), '-o', target]);
    expect(code).to.equal(0);
    expect(out).to.match(/^2 results from 1 result file in .*out\.json\n.* read, 17 B written, in \d+s\n$/);
    expect(err).to.equal('');
    expect(await readFile(target, 'utf8')).to.equal('{"results":[1,2]}');
  });

  it('prints the summary for machines', async () => {
    const target = join(folder, 'out.json');
    const { code, out, err } = await runWith(['aggregate', await localRun(), '-o', target, '--json'], {
      tty: true,
    });
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.include({ path: target, results: 2, files: 1, bytesWritten: 17 });
    expect(err).to.equal('');
  });

  it('writes the document to standard output, and the summary elsewhere', async () => {
    const { code, out, err } = await runWith(['aggregate', await localRun(), '-o', '-']);
    expect(code).to.equal(0);
    expect(out).to.equal('{"results":[1,2]}');
    expect(err).to.include('2 results').and.include('standard output');
  });

  it('shows progress on a terminal, and clears it', async () => {
    const { err } = await runWith(['aggregate', await localRun(), '-o', join(folder, 'out.json')], {
      tty: true,
    });
    expect(err)
      .to.include('2 results')
      .and.satisfy((text: string) => text.endsWith('\r\x1b[K'));
  });

  it('goes to S3, and says what is not as expected', async () => {
    const { manifestKey, files } = mapRun({ succeeded: [['1']], bucket: 'elsewhere' });
    const s3 = stubS3(files);
    const argv = ['aggregate', `s3://bucket/${manifestKey}`, '-o', 's3://bucket/out.json'];
    const { code, out, err } = await runWith(argv, { client: s3.client });
    expect(code).to.equal(0);
    expect(out).to.include('s3://bucket/out.json');
    expect(err).to.match(/^warning: the manifest's DestinationBucket/);
    expect(s3.object('out.json')).to.equal('{"results":[1]}');
  });

  it('inspects: says what there is to do, in words or for machines', async () => {
    const manifest = await localRun();
    const { code, out } = await runWith(['inspect', manifest]);
    expect(code).to.equal(0);
    expect(out).to.match(/^Map Run .*\nSUCCEEDED +1 file, .*\nFAILED +0 files, 0 B\n/);
    expect(out).to.include('JSON, execution records (NONE)').and.include('1 part of 5 MiB at most');
    const json = await runWith(['inspect', manifest, '--json', '--output', join(folder, 'out.json')]);
    expect(JSON.parse(json.out)).to.include({ outputType: 'JSON', parts: 1 });
    expect(JSON.parse(json.out).output).to.deep.equal({ path: join(folder, 'out.json') });
    expect(await readdir(folder)).to.not.include('out.json');
  });

  it('says what did not succeed, where that is not refused', async () => {
    const { files } = mapRun({
      succeeded: [['1']],
      failed: ['[{"Status":"TIMED_OUT"},{"Status":"FAILED"}]'],
    });
    for (const [key, content] of files)
      await writeFile(join(folder, key.split('/').at(-1) as string), content);
    const argv = [
      'aggregate',
      join(folder, 'manifest.json'),
      '-o',
      join(folder, 'out.json'),
      '--failures',
      'omit',
    ];
    const { out } = await runWith(argv);
    expect(out).to.include('not succeeded: 1 TIMED_OUT, 1 FAILED\n');
  });

  it('exits 1 when the job fails, and leaves nothing', async () => {
    const manifest = await localRun(['{']);
    const before = await readdir(folder);
    const { code, out, err } = await runWith(['aggregate', manifest, '-o', join(folder, 'out.json')]);
    expect(code).to.equal(1);
    expect(out).to.equal('');
    expect(err).to.match(/^ResultFileMalformed: .*SUCCEEDED_0\.json: result 1, at byte 1, has an Output/);
    expect(await readdir(folder)).to.deep.equal(before);
  });

  it('exits 2 on wrong usage', async () => {
    expect(await runWith(['aggregate'])).to.include({ code: 2, out: '' });
    const { code, err } = await runWith(['aggregate', await localRun()]);
    expect(code).to.equal(2);
    expect(err).to.include('InvalidOption: output must be given for a local manifest');
  });

  it('prints help and version to standard output', async () => {
    expect((await runWith(['--help'])).out).to.include('Usage: map-run-results');
    expect((await runWith(['--version'])).out).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  describe('whose standard output nobody reads any more', () => {
    const closed = () =>
      new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
      });

    it('fails by name when the document was to go there', async () => {
      const argv = ['aggregate', await localRun(), '-o', '-'];
      const { code, err } = await runWith(argv, { stdout: closed() });
      expect({ code, err }).to.deep.equal({
        code: 1,
        err: 'WriteFailed: writing to the stream failed: Error: write EPIPE\n',
      });
    });

    it('fails by name when the summary was, and says that the job is done', async () => {
      const target = join(folder, 'out.json');
      const { code, err } = await runWith(['aggregate', await localRun(), '-o', target], {
        stdout: closed(),
      });
      expect(code).to.equal(1);
      expect(err).to.equal(
        'WriteFailed: the job is done, but writing to standard output failed: Error: write EPIPE\n',
      );
      expect(await readFile(target, 'utf8')).to.equal('{"results":[1,2]}');
    });

    it('fails by name when help was', async () => {
      const { code, err } = await runWith(['--help'], { stdout: closed() });
      expect({ code, err }).to.deep.equal({
        code: 1,
        err: 'WriteFailed: writing to standard output failed: Error: write EPIPE\n',
      });
    });

    it('does its job when it is only standard error that is closed', async () => {
      const target = join(folder, 'out.json');
      const stderr = Object.assign(closed(), { isTTY: true });
      expect(await runWith(['aggregate', await localRun(), '-o', target], { stderr })).to.include({
        code: 0,
      });
      expect(await runWith(['aggregate', await localRun(), '-o', '-'], { stderr })).to.include({
        code: 0,
        out: '{"results":[1,2]}',
      });
    });
  });
});
