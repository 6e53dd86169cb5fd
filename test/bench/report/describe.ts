import { aligned, megabytes, sizeInWords } from './format.ts';
import type { ScenarioResults } from './results.ts';
import { tableOf } from './table.ts';

/** A scenario's results for a terminal. */
export function describe(results: ScenarioResults): string {
  const { scenario, conditions, fixtures, leftOut } = results;
  const { machine, versions, seed } = conditions;
  const given = fixtures.map(
    ({ size, bytes, results, documentBytes }) =>
      `${sizeInWords(size)}: ${megabytes(bytes)} MB in ${filesInWords(scenario.files)}, ${results} results, out ${megabytes(documentBytes)} MB`,
  );
  return [
    `${scenario.title} (${scenario.name})`,
    `machine   ${machine.cpu}, ${machine.cores} cores, ${megabytes(machine.memory)} MB of memory, ${machine.system}`,
    `versions  ${versionsInWords(versions)}`,
    ...given.map((words) => `in        ${words}`),
    `how       ${howInWords(results)}, seed ${seed}`,
    '',
    aligned(tableOf(results).map((cells) => cells.map((cell) => cell.replaceAll('`', '')))),
    ...leftOut.map((words) => `left out: ${words}`),
    '',
    '',
  ].join('\n');
}

export function versionsInWords(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

export function filesInWords(count: number): string {
  return `${count.toLocaleString('en')} result ${count === 1 ? 'file' : 'files'}`;
}

/** Of all runs, how much of their time the server was at work at most. */
export function howInWords({ scenario, runs }: Pick<ScenarioResults, 'scenario' | 'runs'>): string {
  const { concurrency, latency, rounds, of } = scenario;
  const busiest = Math.max(0, ...runs.map(({ serverBusy = 0 }) => serverBusy));
  return [
    ...(of === 'pipelines' ? [`${filesInWords(concurrency)} at once`] : []),
    ...(latency > 0 ? [`${latency} ms before each answer`] : []),
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each contender in a fresh process`,
    ...(busiest > 0 ? [`the server at most ${Math.round(busiest * 100)} % busy`] : []),
  ].join(', ');
}
