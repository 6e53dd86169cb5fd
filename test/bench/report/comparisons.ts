import { figure, formatSpread, sizeInWords } from './format.ts';
import type { ScenarioResults } from './results.ts';
import { permittedSeconds, runsOf, speedOf } from './standings.ts';
import { pairwise, type Spread, spread } from './statistics.ts';

/** Speeds that are put beside each other, pair by pair: `[of, to]`. */
const PAIRS: Readonly<Record<string, readonly (readonly [of: string, to: string])[]>> = {
  readers: [
    ['read-scanner', 'read-stream-json'],
    ['read-scanner', 'read-duckdb'],
    ['read-scanner', 'read-duckdb-count'],
    ['read-scanner', 'read-jq'],
    ['read-stream-json', 'read-plain-stream-json'],
  ],
  'one-file': pipelines(),
  'eight-files': pipelines(),
  'one-file-4gib': pipelines(),
  'eight-files-4gib': pipelines(),
};

/** A sentence's worth of what results say. */
export interface Comparison {
  readonly words: string;
  readonly result: string;
}

/** What a scenario says beyond its table. */
export function comparisonsOf(results: ScenarioResults): Comparison[] {
  const { scenario, contenders, runs } = results;
  const { title, sizes, concurrency } = scenario;
  const [size = 0] = sizes;
  const labelOf = (name: string) => contenders.find((contender) => contender.name === name)?.label ?? name;
  const compared = (words: string, ratio: Spread | undefined): Comparison[] =>
    ratio ? [{ words: `${title}: ${words}`, result: formatSpread(ratio, figure) }] : [];

  const pairs = (PAIRS[scenario.name] ?? []).flatMap(([of, to]) =>
    compared(
      `speed of ${labelOf(of)} ÷ ${labelOf(to)}`,
      pairwise(runsOf(runs, of, size), runsOf(runs, to, size), speedOf),
    ),
  );
  const permitted = permittedSeconds(scenario);
  const latency = contenders.flatMap(({ name, label }) =>
    permitted === 0
      ? []
      : compared(
          `speed of ${label} ÷ what ${concurrency} files at once permit`,
          spread(runsOf(runs, name, size).map((run) => permitted / run.seconds)),
        ),
  );
  return [...pairs, ...latency, ...growthOf(results)];
}

/** Time from the last size but one to the last; memory from the second size, when the heap has grown, to the last. */
function growthOf({ scenario, contenders, runs }: ScenarioResults): Comparison[] {
  const { title, sizes } = scenario;
  const [before, last, early] = [sizes.at(-2), sizes.at(-1), sizes[1]];
  if (before === undefined || last === undefined || early === undefined) return [];
  const ours = contenders.filter(({ side }) => side === 'ours');
  return ours.flatMap(({ name, label }) => {
    const [at, to, from] = [last, before, early].map((size) => runsOf(runs, name, size));
    const time = pairwise(at ?? [], to ?? [], (run) => run.seconds);
    const memory = pairwise(at ?? [], from ?? [], (run) => run.maxRss);
    if (!time || !memory) return [];
    const words = (what: string, size: number) =>
      `${title}: ${what} of ${label}, ${sizeInWords(last)} ÷ ${sizeInWords(size)}`;
    return [
      { words: words('time', before), result: formatSpread(time, figure) },
      { words: words('peak memory', early), result: formatSpread(memory, figure) },
    ];
  });
}

function pipelines() {
  return [
    ['aggregate-scanner', 'transfer'],
    ['aggregate-scanner-threads', 'transfer'],
    ['aggregate', 'transfer'],
    ['aggregate', 'plain-stream-json'],
    ['aggregate', 'whole-document'],
    ['aggregate', 'whole-document-python'],
  ] as const;
}
