/**
 * Two hundred aggregations in one process: small ones, multipart uploads, some that fail and some that are aborted. What
 * is open and held after them must be what was after the tenth. `npm run soak`
 */
import { aggregate } from '../src/index.ts';
import { mapRun } from './support/map-run.ts';
import { startS3 } from './support/s3-server.ts';

const [JOBS, WARM] = [200, 10];

/** In bytes: V8 compiles and caches as it goes. One buffer of 64 KiB that each job leaves would exceed it. */
const HEAP_GROWTH = 10_000_000;

const gc = (globalThis as { gc?: () => void }).gc;
if (!gc) throw new Error('run it with --expose-gc: npm run soak');

const s3 = await startS3();
const bucket = await s3.bucket();
const texts = (count: number) =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ i, t: 'x'.repeat(500) }));
const right = mapRun({ bucket: bucket.name, prefix: 'right', succeeded: [texts(1_500), [], texts(1_500)] });
const large = mapRun({ bucket: bucket.name, prefix: 'large', succeeded: [texts(6_000), texts(6_000)] });
const wrong = mapRun({ bucket: bucket.name, prefix: 'wrong', succeeded: [texts(1_500), ['{']] });
for (const run of [right, large, wrong]) await bucket.putMapRun(run);

/** What each job must end as. */
const JOB_KINDS = [
  { run: right, ends: 'done' },
  { run: large, ends: 'done' },
  { run: wrong, ends: 'ResultFileMalformed' },
  { run: large, ends: 'AbortError' },
] as const;

async function job(number: number): Promise<void> {
  const { run, ends } = JOB_KINDS[number % JOB_KINDS.length] as (typeof JOB_KINDS)[number];
  const abort = new AbortController();
  const outcome = await aggregate({
    manifest: { bucket: bucket.name, key: run.manifestKey },
    output: { bucket: bucket.name, key: 'out.json' },
    client: s3.client,
    threads: number % 20 === 1 ? 1 : 0,
    signal: abort.signal,
    onProgress: ({ results }) => {
      if (ends === 'AbortError' && results > 5_000) abort.abort();
    },
  }).then(
    () => 'done',
    (error: Error) => error.name,
  );
  if (outcome !== ends) throw new Error(`job ${number} ended as ${outcome} instead of ${ends}`);
}

/** Once nothing is going on any more. Sockets that are kept alive are counted, too. */
async function held() {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    gc?.();
  }
  const resources = process.getActiveResourcesInfo();
  const count = (kind: string) => resources.filter((name) => name === kind).length;
  return {
    sockets: count('TCPSocketWrap'),
    workers: count('MessagePort'),
    handles: resources.filter((name) => name !== 'Timeout').length,
    heap: process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers,
  };
}

for (let number = 0; number < WARM; number++) await job(number);
const early = await held();
for (let number = WARM; number < JOBS; number++) await job(number);
const late = await held();
console.log(`after ${WARM}:`, early);
console.log(`after ${JOBS}:`, late);
await bucket.deleteUnlessUploadsAreUnfinished();
await s3.stop();

const leaks = (['sockets', 'workers', 'handles'] as const).filter((kind) => late[kind] > early[kind]);
if (late.heap > early.heap + HEAP_GROWTH) throw new Error('the heap has grown');
if (leaks.length > 0) throw new Error(`there are more ${leaks.join(', ')} than before`);
console.log('nothing is left behind');
