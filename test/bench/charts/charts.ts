import { figure, megabytes, sizeInWords } from '../report/format.ts';
import type { ScenarioResults } from '../report/results.ts';
import { type Measured, permittedSeconds, runsOf, type Standing, standings } from '../report/standings.ts';
import { barChart } from './bars.ts';
import { type LineChart, lineChart } from './lines.ts';

/** An image and the words that stand for it. */
export interface Chart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const plain = (label: string) => label.replaceAll('`', '');
const seconds = (value: number) => (value >= 1 || value === 0 ? String(+value.toFixed(1)) : String(value));

/** The charts that a scenario's results give. */
export function chartsOf(results: ScenarioResults): Chart[] {
  if (results.runs.length === 0) return [];
  return results.scenario.sizes.length === 1 ? [throughput(results)] : growth(results);
}

function throughput(results: ScenarioResults): Chart {
  const { scenario } = results;
  const all = standings(results);
  const title = `${scenario.title}: MB/s in`;
  const bars = all.map(({ label, side, speed, ofCeiling, ofPermitted }) => {
    const ratio = ofPermitted ?? ofCeiling;
    return {
      ...{ label: plain(label), side, value: speed.median, min: speed.min, max: speed.max },
      note: `${megabytes(speed.median)} MB/s${ratio ? ` (${figure(ratio.median)})` : ''}`,
    };
  });
  return { file: `${scenario.name}.svg`, title, svg: barChart({ title, bars, mark: markOf(results, all) }) };
}

/** Whatever bounds the scenario: what concurrency permits, or else the transfer alone. */
function markOf({ scenario, fixtures }: ScenarioResults, all: readonly Standing[]) {
  const permitted = permittedSeconds(scenario);
  const [facts] = fixtures;
  if (permitted > 0 && facts) return { value: facts.bytes / permitted, label: 'what concurrency permits: 1' };
  const ceiling = all.find(({ side }) => side === 'ceiling');
  return ceiling && { value: ceiling.speed.median, label: 'the transfer alone: 1' };
}

function growth(results: ScenarioResults): Chart[] {
  const { scenario, contenders } = results;
  const all = standings(results);
  const series = (figureOf: (standing: Standing) => number) =>
    contenders.map(({ name, label }) => ({
      label: plain(label),
      points: all
        .filter(({ contender }) => contender === name)
        .map((standing) => [standing.size, figureOf(standing)] as const),
    }));
  const x = { label: 'result files', logarithmic: true, ticks: scenario.sizes, format: sizeInWords };
  return [
    chart(`${scenario.name}-time`, `${scenario.title}: time against size`, {
      ...{ series: series(({ seconds }) => seconds.median), x, dots: true },
      y: { label: 'seconds', logarithmic: true, format: seconds },
    }),
    chart(`${scenario.name}-peak`, `${scenario.title}: peak memory against size`, {
      ...{ series: series(({ maxRss }) => maxRss), x, dots: true },
      y: { label: 'peak RSS, MB', format: megabytes },
    }),
    ...memoryOverTime(results),
  ];
}

/** At the greatest size that all of them could do. */
function memoryOverTime(results: Measured): Chart[] {
  const { scenario, contenders, runs } = results;
  const size = scenario.sizes.findLast((size) => contenders.every(({ name }) => runsOf(runs, name, size)[0]));
  if (size === undefined) return [];
  const series = contenders.flatMap(({ name, label }) => {
    const { memory } = runsOf(runs, name, size)[0] ?? {};
    return memory && memory.length > 0 ? [{ label: plain(label), points: memory }] : [];
  });
  if (series.length === 0) return [];
  return [
    chart(`${scenario.name}-memory`, `${scenario.title}: memory over time, ${sizeInWords(size)}`, {
      series,
      x: { label: 'seconds since the process began', format: seconds },
      y: { label: 'RSS, MB', format: megabytes },
    }),
  ];
}

function chart(name: string, title: string, drawn: Omit<LineChart, 'title'>): Chart {
  return { file: `${name}.svg`, title, svg: lineChart({ title, ...drawn }) };
}
