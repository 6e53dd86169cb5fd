import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { runWith } from '../support/command-line.ts';
import { mapRun } from '../support/map-run.ts';
import { seeded } from '../support/random.ts';
import { type Bucket, type S3, startS3 } from '../support/s3-server.ts';

const PRELOADED = ['tsx', './test/support/tsx-in-threads.mjs', './test/s3/kill-self.ts'];
const KILLS = 20;
/** Of all the bytes that a whole run exchanges; past 1 a kill comes when the work is done, just before the exit. */
const random = seeded(24);
const MOMENTS = Array.from({ length: KILLS }, () => 1.1 * random());

describe('a command line that is killed', () => {
  let s3: S3;
  let bucket: Bucket;
  let argv: string[];
  let expected: string;
  let whole: number;
  const hits = { before: 0, during: 0, after: 0 };

  before(async () => {
    s3 = await startS3();
    bucket = await s3.bucket();
    const files = Array.from({ length: 8 }, (_, file) =>
      Array.from({ length: 64 }, (_, n) => JSON.stringify({ file, n, text: 'text'.repeat(16_384) })),
    );
    const made = mapRun({ bucket: bucket.name, succeeded: files });
    await bucket.putMapRun(made);
    expected = `{"results":[${files.flat().join(',')}]}`;
    const where = ['--output', `s3://${bucket.name}/out/document.json`];
    argv = ['aggregate', `s3://${bucket.name}/${made.manifestKey}`, ...where];

    const { code, stderr } = await runProcess({});
    expect(code, stderr).to.equal(0);
    whole = Number(/exchanged (\d+) bytes/.exec(stderr)?.[1]);
    expect(whole).to.be.above(2 * expected.length);
  });
  after(() => s3.stop());

  async function runProcess(environment: Readonly<Record<string, string>>) {
    const flags = ['--endpoint', s3.endpoint, '--force-path-style'];
    const child = spawn(
      process.execPath,
      [...PRELOADED.flatMap((module) => ['--import', module]), 'src/cli/main.ts', ...argv, ...flags],
      {
        env: { ...process.env, ...s3.environment, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const [stderr, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { stderr, code: code as number | null, signal: signal as string | null };
  }

  /** Runs a command line in this process, where nobody kills it. */
  async function runHere(...argv: string[]): Promise<string> {
    const { code, out, err } = await runWith(argv, { client: new S3Client(s3.config) });
    expect(code, err).to.equal(0);
    return out;
  }

  for (const moment of MOMENTS) {
    it(`after ${(100 * moment).toFixed(1)} % leaves what cleanup removes, and a rerun puts the document there`, async () => {
      await bucket.put('out/document.json', 'old');
      const killed = await runProcess({ KILL_AFTER_BYTES: String(Math.round(moment * whole)) });
      expect(killed.signal, killed.stderr).to.equal('SIGKILL');

      const left = await bucket.get('out/document.json');
      const unfinished = await bucket.unfinishedUploads();
      expect(left === 'old' || left === expected, 'the object is whole, or the old one').to.equal(true);
      hits[unfinished.length > 0 ? 'during' : left === 'old' ? 'before' : 'after']++;

      const printed = await runHere('cleanup', `s3://${bucket.name}/out/`, '--older-than', '0s');
      for (const { uploadId } of unfinished) expect(printed).to.include(uploadId);
      expect(await bucket.unfinishedUploads()).to.deep.equal([]);

      await runHere(...argv);
      expect((await bucket.get('out/document.json')) === expected).to.equal(true);
      expect(await bucket.unfinishedUploads()).to.deep.equal([]);
    });
  }

  it('was killed before its upload, after it, and mostly during it', () => {
    console.log(`      ${hits.before} before the upload, ${hits.during} during it, ${hits.after} after it`);
    expect(hits.before).to.be.above(0);
    expect(hits.during).to.be.above(KILLS / 2);
    expect(hits.after).to.be.above(0);
  });
});
