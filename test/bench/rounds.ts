import type { Entrant } from './contenders/contender.ts';
import type { Tools } from './contenders/tools.ts';
import { thinned } from './measure.ts';
import type { Run, ScenarioResults } from './report/results.ts';
import type { Scenario } from './scenarios.ts';
import type { Settings } from './settings.ts';
import { alone } from './stages/alone.ts';
import { overHttp } from './stages/over-http.ts';
import type { Stage } from './stages/stage.ts';

export const STAGES = { pipelines: overHttp, readers: alone };

/** As many as a chart can show. */
const SAMPLES = 100;

/** Runs the rounds of a scenario, each contender once in each of them: whatever disturbs a round disturbs all. */
export async function runRounds(
  scenario: Scenario,
  settings: Settings,
  tools: Tools,
  tell: (words: string) => void,
): Promise<Pick<ScenarioResults, 'contenders' | 'fixtures' | 'runs' | 'leftOut'>> {
  const { name: title, rounds, sizes } = scenario;
  const stages: Stage[] = [];
  const runs: Run[] = [];
  try {
    for (const size of sizes) stages.push(await STAGES[scenario.of](scenario, size, settings));
    const { present, leftOut } = sortedOut(scenario, stages, tools);
    for (let round = 1; round <= rounds; round++) {
      for (const stage of stages) {
        const { size } = stage.facts;
        // Another one begins every time: who is first finds the server cold.
        for (const contender of rotated(present, round - 1)) {
          if (size > (contender.most ?? Number.POSITIVE_INFINITY)) continue;
          const { memory, ...outcome } = await stage.run(contender.name);
          tell(
            `${title}, round ${round} of ${rounds}: ${contender.name} took ${outcome.seconds.toFixed(2)} s`,
          );
          runs.push({
            ...{ round, size, contender: contender.name, ...outcome },
            ...(round === 1 && { memory: thinned(memory, SAMPLES) }),
          });
        }
      }
    }
    const contenders = present.map(({ name, label, side }) => ({ name, label, side }));
    return { contenders, fixtures: stages.map(({ facts }) => facts), runs, leftOut };
  } finally {
    for (const stage of stages) stage.close();
  }
}

/** The scenario's contenders that can run here, and in words what keeps others from it. */
export function sortedOut(
  scenario: Pick<Scenario, 'contenders' | 'sizes'>,
  stages: readonly Pick<Stage, 'contenders'>[],
  tools: Tools,
): { present: readonly Entrant[]; leftOut: readonly string[] } {
  const leftOut: string[] = [];
  const named = scenario.contenders.flatMap(
    (name) => stages[0]?.contenders.find((contender) => contender.name === name) ?? [],
  );
  const present = named.filter(({ name, needs = [] }) => {
    const missing = needs.filter((tool) => !tools.has(tool));
    if (missing.length > 0) leftOut.push(`${name}: there is no ${missing.join(' and no ')} here`);
    return missing.length === 0;
  });
  for (const { name, most = Number.POSITIVE_INFINITY } of present) {
    const beyond = scenario.sizes.some((size) => size > most);
    if (beyond) leftOut.push(`${name} beyond ${most / 1024 ** 2} MiB: it has everything in memory at once`);
  }
  return { present, leftOut };
}

export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}
