import type { Run, ScenarioResults } from './report/results.ts';
import { DEFAULT_SCENARIO, type Scenario } from './scenarios.ts';

const MB = 1e6;

export function run(contender: string, round: number, seconds: number, more: Partial<Run> = {}): Run {
  return {
    ...{ contender, round, seconds, size: 100 * MB, bytesIn: 100 * MB, bytesOut: 50 * MB, results: 1000 },
    ...{ maxRss: 200 * MB, startRss: 70 * MB, cpuSeconds: 2 * seconds, ...more },
  };
}

/** What would have come of such runs. */
export function resultsOf(runs: readonly Run[], scenario: Partial<Scenario> = {}): ScenarioResults {
  const sizes = [...new Set(runs.map(({ size }) => size))];
  const names = [...new Set(runs.map(({ contender }) => contender))];
  return {
    scenario: { ...DEFAULT_SCENARIO, sizes, ...scenario },
    conditions: {
      taken: '2026-01-02',
      machine: { cpu: 'Abacus', cores: 2, memory: 8000 * MB, system: 'Linux 6.1' },
      versions: { node: 'v20.19.0' },
      seed: 1,
    },
    contenders: names.map((name) => ({
      name,
      label: `the ${name} & its <kin>`,
      side: name === 'transfer' ? 'ceiling' : name.startsWith('whole') ? 'peer' : 'ours',
    })),
    fixtures: sizes.map((size) => ({ size, bytes: size, results: 1000, documentBytes: size / 2 })),
    leftOut: [],
    runs,
  };
}

/** The same on another version of Node.js. */
export function on(node: string, results: ScenarioResults): ScenarioResults {
  return { ...results, conditions: { ...results.conditions, versions: { node } } };
}

/** A scenario with one contender, which took so long in each round. */
export function one(name: string, ...seconds: number[]): ScenarioResults {
  return resultsOf(
    seconds.map((seconds, index) => run('aggregate', index + 1, seconds, { memory: [[0.05, 1]] })),
    { name, title: `Title of ${name}` },
  );
}
