import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findTools } from '../contenders/tools.ts';
import { aligned } from '../report/format.ts';
import { STAGES, sortedOut } from '../rounds.ts';
import type { Scenario } from '../scenarios.ts';
import type { Settings } from '../settings.ts';
import { type CpuProfile, topFunctions } from './top-functions.ts';

const FOLDER = '.bench/profiles';
const SHOWN = 25;

/** Runs each contender of a scenario once, at its first size, and tells in words where its processor time went. */
export async function* profileScenario(scenario: Scenario, settings: Settings): AsyncGenerator<string> {
  const [size = 0] = scenario.sizes;
  const stage = await STAGES[scenario.of](scenario, size, settings);
  try {
    const { present, leftOut } = sortedOut(scenario, [stage], findTools(settings.peers));
    for (const words of leftOut) yield `left out: ${words}\n`;
    for (const { name } of present) {
      const folder = join(FOLDER, scenario.name, name);
      rmSync(folder, { recursive: true, force: true });
      const { seconds } = await stage.run(name, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
      yield `\n${scenario.name}: ${name}, ${seconds.toFixed(2)} s while it was profiled\n`;
      const files = existsSync(folder) ? readdirSync(folder) : [];
      if (files.length === 0) yield 'not Node.js: no profile\n';
      for (const file of files) {
        const path = join(folder, file); // One for each thread.
        yield `${path}\n${inWords(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile)}`;
      }
    }
  } finally {
    stage.close();
  }
}

function inWords(profile: CpuProfile): string {
  const rows = topFunctions(profile, SHOWN).map(({ name, place, seconds, share }) => [
    `${name}  ${place}`,
    seconds.toFixed(3),
    `${(share * 100).toFixed(1)} %`,
  ]);
  return aligned([['function', 'seconds, itself', 'of all'], ...rows]);
}
