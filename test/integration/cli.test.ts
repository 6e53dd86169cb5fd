import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { runScript } from '../support/command-line.ts';
import { MAP_RUN_ID, mapRun, recordsFile } from '../support/map-run.ts';
import { type S3, startS3 } from '../support/s3-server.ts';

const main = (argv: readonly string[], environment?: Readonly<Record<string, string>>) =>
  runScript('src/cli/main.ts', argv, environment);

describe('the command line, as a process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Iterable<readonly [string, string]>): Promise<void> {
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  it('aggregates a local copy of a run that was redriven twice', async () => {
    const key = (path: string) => ({ Key: `any/prefix/${MAP_RUN_ID}/${path}`, Size: 2 });
    await write([
      ['SUCCEEDED_0.json', recordsFile(['1', '2'])],
      ['Redrive-1/SUCCEEDED_0.json', '[]'],
      ['Redrive-2/SUCCEEDED_0.json', recordsFile(['3', '4', '5'])],
      [
        'Redrive-2/manifest.json',
        JSON.stringify({
          MapRunArn: `arn:aws:states:eu-west-2:0:mapRun:sm/Map:${MAP_RUN_ID}`,
          ResultFiles: {
            FAILED: [],
            PENDING: [],
            SUCCEEDED: ['SUCCEEDED_0.json', 'Redrive-1/SUCCEEDED_0.json', 'Redrive-2/SUCCEEDED_0.json'].map(
              key,
            ),
          },
        }),
      ],
    ]);
    const output = join(folder, 'out.json');
    const { code, stdout } = await main(['aggregate', join(folder, 'Redrive-2/manifest.json'), '-o', output]);
    expect(code).to.equal(0);
    expect(stdout).to.include('5 results from 3 result files');
    expect(await readFile(output, 'utf8')).to.equal('{"results":[1,2,3,4,5]}');
  });

  it('writes to standard output, and nothing else there', async () => {
    const { files, manifestKey } = mapRun({ succeeded: [['1'], ['"é"']] });
    await write(files);
    const { code, stdout } = await main(['aggregate', join(folder, manifestKey), '--output', '-']);
    expect(code).to.equal(0);
    expect(stdout).to.equal('{"results":[1,"é"]}');
  });

  it('fails with the name of the error on standard error, exit code 1 and nothing left behind', async () => {
    const { files, manifestKey } = mapRun({ succeeded: [['1', 'nonsense']] });
    await write(files);
    const output = join(folder, 'out.json');
    const { code, stdout, stderr } = await main(['aggregate', join(folder, manifestKey), '-o', output]);
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.match(
      /^ResultFileMalformed: .*SUCCEEDED_0\.json: result 2, at byte \d+, has an Output that is not JSON\n$/,
    );
    expect(await readdir(folder)).to.deep.equal(['consignment']);
  });

  it('exits 2 on wrong usage', async () => {
    const { code, stderr } = await main(['aggregate']);
    expect(code).to.equal(2);
    expect(stderr).to.include('missing required argument');
  });

  describe('with S3', () => {
    let s3: S3;
    before(async () => {
      s3 = await startS3();
    });
    after(() => s3.stop());

    it("reads from and writes to it, with the SDK's environment or its own flags", async () => {
      const bucket = await s3.bucket();
      const run = mapRun({ succeeded: [['1'], ['2']], bucket: bucket.name });
      await bucket.putMapRun(run);
      const manifest = `s3://${bucket.name}/${run.manifestKey}`;

      const { AWS_ENDPOINT_URL_S3, ...credentials } = s3.environment;
      const flags = [
        '--endpoint',
        AWS_ENDPOINT_URL_S3,
        '--force-path-style',
        '-o',
        `s3://${bucket.name}/out.json`,
      ];
      const first = await main(['aggregate', manifest, ...flags], credentials);
      expect(first).to.include({ code: 0 });
      expect(first.stdout).to.include(`s3://${bucket.name}/out.json`);
      expect(await bucket.get('out.json')).to.equal('{"results":[1,2]}');

      const second = await main(['aggregate', manifest, '--json'], s3.environment);
      const summary = JSON.parse(second.stdout) as { bucket: string; key: string; results: number };
      expect(summary).to.include({ bucket: bucket.name, results: 2 });
      expect(await bucket.get(summary.key)).to.equal('{"results":[1,2]}');
    });
  });
});
