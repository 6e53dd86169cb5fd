import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startScript } from '../support/command-line.ts';
import { nth } from '../support/fault-proxy.ts';
import { type FaultRow, faultRows, megabytes, OUTPUT } from '../support/fault-row.ts';
import { afterDoing, beforeAnswering, keepSilent, refuse, stallAfter } from '../support/faults.ts';
import { deferred } from '../support/streams.ts';

const PART_1 = { operation: 'UploadPart', part: 1 } as const;
const ABORT = { operation: 'AbortMultipartUpload' } as const;

// Up to three processes are started in a row, each with the TypeScript loader.
const row = faultRows(30_000);

describe('the fault matrix: the command line, as a process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (row: FaultRow, ...argv: string[]) =>
    startScript('src/cli/main.ts', [...argv, '--force-path-style'], row.proxy.environment);

  /** One result file at a time: when the second one is asked for, most of the first one has been written. */
  const aggregate = (row: FaultRow, output = `s3://${row.bucket.name}/${OUTPUT}`) =>
    start(row, 'aggregate', `s3://${row.bucket.name}/${row.manifest}`, '-o', output, '--concurrency', '1');

  /** A Map Run of which the second file stalls for the first process that reads it. Tells when it does. */
  async function stalling(row: FaultRow): Promise<{ stalled: Promise<void> }> {
    await row.put([megabytes(6), megabytes(1)]);
    await row.putOld();
    const stalled = deferred();
    row.proxy.on(
      { operation: 'GetObject', key: row.files[1] ?? '', calls: nth(1) },
      afterDoing(() => stalled.resolve(), stallAfter(100_000)),
    );
    return { stalled: stalled.promise };
  }

  /** Runs a job up to where its upload is under way and its input stalls. */
  async function midway(row: FaultRow): Promise<ReturnType<typeof startScript>> {
    const { stalled } = await stalling(row);
    const uploading = deferred();
    row.proxy.on(
      PART_1,
      beforeAnswering(() => uploading.resolve()),
    );
    const job = aggregate(row);
    await Promise.all([stalled, uploading.promise]);
    return job;
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    row(`23: on ${signal} the upload is aborted, and the exit code is ${code}`, async (row) => {
      const job = await midway(row);
      expect(row.proxy.ledger.unfinishedUploads).to.have.length(1);
      job.process.kill(signal);
      expect(await job.ended).to.deep.equal({
        code,
        signal: null,
        stdout: '',
        stderr: `${signal}: aborted by the caller\n`,
      });
      expect(row.proxy.ledger.unfinishedUploads).to.deep.equal([]);
      expect(await row.there()).to.equal('{"results":["old"]}');
    });
  }

  row('23: on SIGINT a local document is left as it was, and no part of it beside it', async (row) => {
    const { stalled } = await stalling(row);
    const job = aggregate(row, join(folder, 'out.json'));
    await stalled;
    job.process.kill('SIGINT');
    expect(await job.ended).to.include({ code: 130 });
    expect(await readdir(folder)).to.deep.equal([]);
  });

  row('23: an upload that may not be aborted is named', async (row) => {
    row.leftovers = 1;
    row.proxy.on(ABORT, refuse(403, 'AccessDenied'));
    const job = await midway(row);
    job.process.kill('SIGTERM');
    const { code, stderr } = await job.ended;
    const [upload] = row.proxy.ledger.unfinishedUploads;
    expect(code).to.equal(143);
    expect(stderr)
      .to.match(/^SIGTERM: .*AccessDenied.*\n$/)
      .and.include(`${upload?.id}`);
  });

  row('23: a second signal ends it at once, whatever the first one waits for', async (row) => {
    row.leftovers = 1;
    const aborting = deferred();
    row.proxy.on(
      ABORT,
      afterDoing(() => aborting.resolve(), keepSilent),
    );
    const job = await midway(row);
    job.process.kill('SIGINT');
    await aborting.promise;
    job.process.kill('SIGTERM');
    expect(await job.ended).to.include({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  row('23: a signal that comes when the document is there changes nothing', async (row) => {
    await row.put([megabytes(6)]);
    let job: ReturnType<typeof startScript> | undefined;
    row.proxy.on(
      { operation: 'CompleteMultipartUpload' },
      beforeAnswering(() => job?.process.kill('SIGINT')),
    );
    await row.succeeded(async () => {
      job = aggregate(row);
      const { code, stdout } = await job.ended;
      expect(code).to.equal(0);
      expect(stdout).to.include('6 results from 1 result file');
    });
  });

  row('24: what SIGKILL leaves of a local document is found and removed, too', async (row) => {
    const { stalled } = await stalling(row);
    const output = join(folder, 'out.json');
    const job = aggregate(row, output);
    await stalled;
    job.process.kill('SIGKILL');
    expect(await job.ended).to.include({ signal: 'SIGKILL' });
    const [partial, ...others] = await readdir(folder);
    expect(partial).to.match(/^\.out\.json\..*\.partial$/);
    expect(others).to.deep.equal([]);

    const { stdout } = await start(row, 'cleanup', folder, '--older-than', '0').ended;
    expect(stdout).to.include(`${partial}`).and.include('1 leftover removed\n');
    expect(await readdir(folder)).to.deep.equal([]);
    expect(await aggregate(row, output).ended).to.include({ code: 0 });
    expect((await readFile(output, 'utf8')) === row.document, 'the document is right').to.equal(true);
  });
});
