/**
 * Jobs of which everything is drawn: files, options, chunks, faults. `npm run fuzz -- --seconds 60 --seed 1`; a case that
 * fails is run again with the `--seed` and `--case` that are printed.
 */
import { parseArgs } from 'node:util';
import { aggregate } from '../../src/index.ts';
import { startS3 } from '../support/s3-server.ts';
import { runCase, Violation } from './fuzzer.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    case: { type: 'string' },
  },
});
const seed = Number(values.seed);
const end = performance.now() + Number(values.seconds) * 1000;
console.log(`Seed ${seed}`);

const s3 = await startS3();
const places = new Map<string, number>();
const outcomes = new Map<string, number>();
try {
  for (let number = Number(values.case ?? 1); ; number++) {
    const { place, name } = await runCase(seed, number, { s3, aggregate });
    places.set(place, (places.get(place) ?? 0) + 1);
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    if (values.case !== undefined || performance.now() > end) break;
  }
} catch (error) {
  if (!(error instanceof Violation)) throw error;
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await s3.stop();
}
const cases = [...places.values()].reduce((sum, count) => sum + count, 0);
console.log(`${cases} cases: ${[...places].map(([place, count]) => `${count} in ${place}`).join(', ')}`);
for (const [name, count] of [...outcomes].sort(([, one], [, other]) => other - one))
  console.log(`${String(count).padStart(8)} ${name}`);
