import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entrant } from '../contenders/contender.ts';
import type { Sample } from '../measure.ts';
import type { Scenario } from '../scenarios.ts';
import type { Facts, Outcome } from '../stages/stage.ts';
import type { Conditions } from './conditions.ts';

export interface Run extends Omit<Outcome, 'memory'> {
  readonly round: number;
  /** As asked for: runs of one size are compared. */
  readonly size: number;
  readonly contender: string;
  /** Of the first round only. */
  readonly memory?: readonly Sample[];
}

/** A scenario and all that was measured of it. */
export interface ScenarioResults {
  readonly scenario: Scenario;
  readonly conditions: Conditions;
  readonly contenders: readonly Pick<Entrant, 'name' | 'label' | 'side'>[];
  readonly fixtures: readonly Facts[];
  /** Contenders that did not run, and why. */
  readonly leftOut: readonly string[];
  readonly runs: readonly Run[];
}

const FILE = 'results.json';

export function readResults(folder: string): readonly ScenarioResults[] {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ScenarioResults[]) : [];
}

/** Adds what was measured, in place of what was measured before of the same scenario on the same Node.js. */
export function addResults(folder: string, added: ScenarioResults): void {
  mkdirSync(folder, { recursive: true });
  const results = merged(readResults(folder), added);
  writeFileSync(join(folder, FILE), formatted(results));
}

export function merged(
  results: readonly ScenarioResults[],
  added: ScenarioResults,
): readonly ScenarioResults[] {
  const others = results.filter((result) => keyOf(result) !== keyOf(added));
  return [...others, added];
}

/** `v20.20.2` → `20` */
export function majorOf({ conditions }: Pick<ScenarioResults, 'conditions'>): string {
  return conditions.versions.node?.replace(/^v?(\d+).*$/, '$1') ?? '';
}

function keyOf(results: ScenarioResults): string {
  return `${results.scenario.name} ${majorOf(results)}`;
}

/** A run a line: to be read, and to be compared by git. */
export function formatted(results: readonly ScenarioResults[]): string {
  const texts = results.map(({ runs, ...rest }) => {
    const head = JSON.stringify(rest, null, 2).replace(/\n}$/, '');
    return `${head},\n  "runs": [\n    ${runs.map((run) => JSON.stringify(rounded(run))).join(',\n    ')}\n  ]\n}`;
  });
  return `[\n${texts.join(',\n')}\n]\n`;
}

function rounded({ memory, ...run }: Run): Run {
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  const figures = Object.entries(run).map(([name, value]) => [
    name,
    typeof value === 'number' ? round(value) : value,
  ]);
  return {
    ...Object.fromEntries(figures),
    ...(memory && { memory: memory.map(([seconds, bytes]) => [round(seconds), bytes]) }),
  };
}
