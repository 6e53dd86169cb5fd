import { Writable } from 'node:stream';
import type { AggregateOptions, aggregate, Summary } from '../../src/index.ts';
import type { S3 } from '../support/s3-server.ts';
import { idle } from '../support/streams.ts';
import { type Case, describeCase, makeCase } from './case.ts';
import { FileWorld } from './file-world.ts';
import { HttpWorld } from './http-world.ts';
import { violations } from './invariants.ts';
import { MemoryWorld } from './memory-world.ts';
import { judge, type Verdict } from './oracle.ts';
import { inVirtualTime, within } from './time.ts';
import type { World } from './world.ts';

export interface Surroundings {
  readonly s3: S3;
  readonly aggregate: typeof aggregate;
}

/** What a case came to: a success, or the name of an error. */
export interface Outcome {
  readonly place: Case['place'];
  readonly name: string;
}

/** An invariant does not hold. */
export class Violation extends Error {}

/**
 * Runs a case and checks what must hold after it, whatever it was.
 * @throws Violation
 */
export async function runCase(seed: number, number: number, surroundings: Surroundings): Promise<Outcome> {
  const drawn = makeCase(seed, number);
  const world = await open(drawn, surroundings.s3);
  try {
    return await runIn(world, drawn, surroundings);
  } catch (error) {
    const words = error instanceof Violation ? error.message : error instanceof Error ? error.stack : error;
    throw new Violation(`npm run fuzz -- ${drawn.name}\n${words}\n${describeCase(drawn)}`, { cause: error });
  } finally {
    await world.close();
  }
}

function open({ bucket, place, plan, random, options }: Case, s3: S3): Promise<World> | World {
  if (place === 'memory') return new MemoryWorld(bucket, plan, random);
  return place === 'files' ? FileWorld.open() : HttpWorld.open(s3, bucket, plan, options.concurrency ?? 50);
}

async function runIn(world: World, drawn: Case, { aggregate }: Surroundings): Promise<Outcome> {
  const { place, run, manifest, output, old, random, toStream } = drawn;
  await world.put(run.manifestKey, manifest);
  for (const [key, bytes] of run.files) await world.put(key, bytes);
  const isInput = output === run.manifestKey || run.files.has(output ?? '');
  if (old && output !== undefined && !isInput) await world.put(output, old);
  const before = await world.contents();
  const verdict = judgeCase(drawn);
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const stream = toStream ? new Kept() : undefined;
  const job = async (): Promise<{ summary?: Summary; error?: unknown }> => {
    try {
      return { summary: await aggregate(optionsOf(world, drawn, verdict, stream)) };
    } catch (error) {
      return { error };
    }
  };
  try {
    const settled = await (place === 'memory' ? inVirtualTime(random, job) : within(job));
    await idle();
    const found = violations(drawn, verdict, {
      ...settled,
      before,
      after: await world.contents(),
      written: stream?.bytes,
      leftOpen: await world.leftOpen(),
      unfinishedUploads: world.unfinishedUploads(),
      unhandled,
    });
    if (found.length > 0) throw new Violation(found.join('\n'));
    const { error } = settled;
    return {
      place,
      name: error === undefined ? 'succeeded' : error instanceof Error ? error.name : 'something',
    };
  } finally {
    process.off('unhandledRejection', note);
  }
}

/** What must come of it, if nothing goes wrong. */
function judgeCase(drawn: Case): Verdict {
  const { bucket, run, manifest, output, toStream, rerun, options, areWrong, old, counts } = drawn;
  const { manifestKey, files } = run;
  if (areWrong) return { refused: 'the options are wrong', isRerun: () => false };
  const inputs = { bucket, manifestKey, manifest, files, output, rerun };
  const verdict = judge(inputs, options);
  const refused = (why: string): Verdict => ({ refused: why, isRerun: verdict.isRerun });
  if (options.onProgress) return refused('onProgress throws');
  if (options.outputKey === '{99}' && output === undefined && !toStream)
    return refused('there is no segment 99');
  if (old && output !== undefined && options.overwrite === false) return refused('something is there');
  if (options.verifyCounts && counts === 'none') return refused('nobody counts');
  if (options.verifyCounts && counts === 'wrong') return refused('the counts differ');
  return verdict;
}

function optionsOf(
  world: World,
  drawn: Case,
  { right }: Verdict,
  stream: Writable | undefined,
): AggregateOptions {
  const { run, output, rerun, options, plan, place, counts } = drawn;
  const wrong = counts === 'wrong' ? { succeeded: -1, all: -1 } : undefined;
  const sfnClient = {
    send: async () => {
      if (counts === 'none') throw new Error('no answer');
      const { succeeded, all } = wrong ?? right ?? { succeeded: 0, all: 0 };
      return { executionCounts: { succeeded, resultsWritten: all } };
    },
  };
  return {
    ...(place === 'HTTP' && plan.rates.rate > 0 && { stallTimeout: 50 }),
    ...options,
    ...world.options,
    ...(options.verifyCounts && { sfnClient: sfnClient as never }),
    signal: plan.signal,
    manifest: world.locate(run.manifestKey),
    ...(stream ? { output: stream } : output !== undefined && { output: world.locate(output) }),
    ...(rerun !== undefined && { rerun: world.locate(rerun) }),
  };
}

/** A stream that keeps what is written to it. */
class Kept extends Writable {
  readonly #chunks: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#chunks.push(chunk);
    setImmediate(done);
  }
}
