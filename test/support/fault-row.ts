import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import {
  type AggregateOptions,
  aggregate,
  type ErrorName,
  type MapRunResultsError,
  type Summary,
} from '../../src/index.ts';
import { failure } from './errors.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type MapRunShape, mapRun, recordsFile } from './map-run.ts';
import { type Bucket, type S3, startS3 } from './s3-server.ts';
import { idle } from './streams.ts';

/** Where a row's document goes, and what may be there before. */
export const OUTPUT = 'out/document.json';
const OLD = '{"results":["old"]}';

/** Long enough for everything that a row waits for by itself; a row that takes longer hangs. */
const BOUND = 10_000;

/** Errors about an object that was being read: they say how far. */
const OF_READING: readonly ErrorName[] = ['ReadFailed', 'ResultFileChanged', 'ResultFileMalformed'];

interface ManifestJson {
  DestinationBucket: string;
  ResultFiles: { SUCCEEDED: { Key: string; Size: number }[] };
}

/** Outputs that together need several parts of an upload: so many MB, each result one of them. */
export function megabytes(count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify(`${index}`.padEnd(999_998, 'x')));
}

/** Has the timers of the code tested stand still until they are told to go on; restored after the row at the latest. */
export function fakeTimers(): sinon.SinonFakeTimers {
  // The SDK clears timers that it has set before.
  return sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
}

/** What a test of the fault matrix works with: a Map Run behind the proxy, and a destination. */
export class FaultRow {
  readonly s3: S3;
  readonly proxy: FaultProxy;
  readonly bucket: Bucket;
  /** What must be at the destination when the job succeeds. */
  document = '{"results":[]}';
  /** The keys of the result files. */
  files: readonly string[] = [];
  manifest = '';
  /** How many uploads are left: none, but where aborting them is refused. */
  leftovers = 0;
  readonly #clients: S3Client[] = [];

  constructor(s3: S3, proxy: FaultProxy, bucket: Bucket) {
    this.s3 = s3;
    this.proxy = proxy;
    this.bucket = bucket;
  }

  /** Puts a Map Run of these outputs, file by file, without the proxy. */
  async put(succeeded: readonly (readonly string[])[], shape: Partial<MapRunShape> = {}): Promise<void> {
    const run = mapRun({ bucket: this.bucket.name, content: recordsFile, ...shape, succeeded });
    await this.bucket.putMapRun(run);
    this.manifest = run.manifestKey;
    this.files = [...run.files.keys()].filter((key) => key.includes('SUCCEEDED'));
    this.document = `{"results":[${succeeded.flat().join(',')}]}`;
  }

  /** Changes the manifest that is there. */
  async editManifest(edit: (manifest: ManifestJson) => void): Promise<void> {
    const manifest = JSON.parse(await this.bucket.get(this.manifest));
    edit(manifest);
    await this.bucket.put(this.manifest, JSON.stringify(manifest));
  }

  /** Puts something at the destination. */
  async putOld(): Promise<void> {
    await this.bucket.put(OUTPUT, OLD);
  }

  /** A client that knows only the proxy. */
  client(config: S3ClientConfig = {}): S3Client {
    const client = new S3Client({ ...this.proxy.config, ...config });
    this.#clients.push(client);
    return client;
  }

  /** The options of a job. The form is given, so that each result file is asked for just once. */
  options(options: Partial<AggregateOptions> = {}): AggregateOptions {
    return {
      manifest: { bucket: this.bucket.name, key: this.manifest },
      output: { bucket: this.bucket.name, key: OUTPUT },
      transformation: 'NONE',
      outputType: 'JSON',
      client: options.client ?? this.client(),
      ...options,
    };
  }

  /** Runs the job, which must succeed. */
  async succeeds(options?: Partial<AggregateOptions>): Promise<Summary> {
    return await this.succeeded(() => aggregate(this.options(options)));
  }

  /** Runs what must write the document. */
  async succeeded<T>(run: () => Promise<T>): Promise<T> {
    const result = await run();
    expect((await this.there()) === this.document, 'the document is complete and right').to.equal(true);
    return result;
  }

  /** Runs the job, which must fail with this name. */
  async fails(name: ErrorName, options?: Partial<AggregateOptions>): Promise<MapRunResultsError> {
    return await this.failed(name, () => aggregate(this.options(options)));
  }

  /** Runs what must fail with this name, and leave everything as it is. */
  async failed(name: ErrorName, run: () => Promise<unknown>): Promise<MapRunResultsError> {
    const before = await this.there();
    const error = await failure(name, run);
    const { unfinishedUploads } = this.proxy.ledger;
    expect(unfinishedUploads, 'unfinished uploads when it settled').to.have.length(this.leftovers);
    // What a test puts there meanwhile is another's, and stays.
    expect([before, OLD].includes(await this.there()), 'the destination is as it was').to.equal(true);
    if (OF_READING.includes(name)) {
      expect(error.key).to.be.a('string');
      expect(error.byteOffset).to.be.a('number');
      expect(error.message).to.include(error.key).and.include(`at byte ${error.byteOffset}`);
    }
    return error;
  }

  /** What is at the destination. */
  async there(): Promise<string | undefined> {
    return (await this.bucket.keys()).includes(OUTPUT) ? await this.bucket.get(OUTPUT) : undefined;
  }

  /** What must hold after every row, whatever went wrong in it. */
  async check(): Promise<void> {
    await this.proxy.quiet();
    this.close();
    await this.proxy.deserted();
    expect([undefined, OLD, this.document].includes(await this.there()), 'no other document').to.equal(true);
    expect(this.proxy.ledger.unfinishedUploads, 'unfinished uploads').to.have.length(this.leftovers);
    if (this.leftovers === 0) await this.bucket.deleteUnlessUploadsAreUnfinished();
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }
}

/**
 * Declares rows: each a test with a bucket and a proxy of its own, and what must hold after it.
 * @param bound In milliseconds: what takes longer hangs.
 */
export function faultRows(bound = BOUND): (title: string, test: (row: FaultRow) => Promise<unknown>) => void {
  let s3: S3;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.stop());

  return (title, test) => {
    it(title, async () => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const proxy = await startFaultProxy(s3);
      const row = new FaultRow(s3, proxy, await s3.bucket());
      try {
        await within(bound, proxy, async () => {
          await test(row);
          await row.check();
          await idle();
        });
        expect(unhandled).to.deep.equal([]);
      } finally {
        process.off('unhandledRejection', note);
        sinon.restore();
        row.close();
        await proxy.stop();
      }
    }).timeout(bound + 1_000);
  };
}

/** Fails what hangs, and says in which requests, rather than have the whole suite hang with it. */
async function within(milliseconds: number, proxy: FaultProxy, run: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const { underWay, ledger } = proxy;
      reject(new Error(`it hangs; under way: ${underWay.join(', ')}; connections: ${ledger.sockets.open}`));
    }, milliseconds);
  });
  await Promise.race([run(), hanging]).finally(() => clearTimeout(timer));
}
