import { parseArgs } from 'node:util';
import { PIPELINES } from './contenders/pipelines.ts';
import { READERS } from './contenders/readers.ts';
import { SMALLEST_FILE } from './fixtures/fixtures.ts';
import { HELP } from './help.ts';
import { DEFAULT_SCENARIO, SCENARIOS, type Scenario } from './scenarios.ts';

/** What is to be done, besides the scenarios. */
export interface Settings {
  readonly seed: number;
  /** Folder in which `npm run bench:peers` has installed peers. */
  readonly peers: string;
  /** Folder for results.json and the charts; RESULTS.md is put beside it. */
  readonly out: string;
  readonly json: boolean;
}

export type CommandLine =
  | { readonly kind: 'run' | 'profile'; readonly scenarios: readonly Scenario[]; readonly settings: Settings }
  | { readonly kind: 'render'; readonly settings: Settings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'usage'; readonly message: string };

type Words = { readonly [name: string]: string | undefined };

/** Reads the arguments; nothing is printed and nothing is run. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...{ scenario: { type: 'string' }, contenders: { type: 'string' }, rounds: { type: 'string' } },
        ...{ size: { type: 'string' }, sizes: { type: 'string' }, files: { type: 'string' } },
        ...{ concurrency: { type: 'string' }, latency: { type: 'string' }, seed: { type: 'string' } },
        peers: { type: 'string', default: '.bench/peers' },
        out: { type: 'string', default: '.bench/results' },
        json: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        render: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: HELP };
    const { peers, out, json, profile, render, help, ...words } = values;
    const settings = { seed: integer('seed', words.seed, 0, 2 ** 32 - 1) ?? 1, peers, out, json };
    if (render) return { kind: 'render', settings };
    const scenarios = scenariosNamed(words.scenario).map((scenario) => adapted(scenario, words));
    return { kind: profile ? 'profile' : 'run', scenarios, settings };
  } catch (error) {
    return { kind: 'usage', message: `error: ${(error as Error).message}\n` };
  }
}

function scenariosNamed(words: string | undefined): readonly Scenario[] {
  if (words === undefined) return [DEFAULT_SCENARIO];
  if (words === 'all') return SCENARIOS;
  const known = new Map([DEFAULT_SCENARIO, ...SCENARIOS].map((scenario) => [scenario.name, scenario]));
  return named('scenario', words, known);
}

/** The scenario with what was said on the command line. */
function adapted(scenario: Scenario, words: Words): Scenario {
  const files = scenario.of === 'readers' ? 1 : (integer('files', words.files, 1, 10_000) ?? scenario.files);
  const sizes = (words.sizes ?? words.size)?.split(',').map((word) => size(word, files * SMALLEST_FILE));
  const contenders = scenario.of === 'readers' ? READERS : PIPELINES;
  const known = new Map<string, string>(contenders.map(({ name }) => [name, name]));
  return {
    ...scenario,
    files,
    sizes: sizes ?? scenario.sizes,
    concurrency: integer('concurrency', words.concurrency, 1, 1000) ?? scenario.concurrency,
    latency: integer('latency', words.latency, 0, 60_000) ?? scenario.latency,
    rounds: integer('rounds', words.rounds, 1, 1000) ?? scenario.rounds,
    contenders:
      words.contenders === undefined ? scenario.contenders : named('contenders', words.contenders, known),
  };
}

function named<T>(option: string, words: string, known: ReadonlyMap<string, T>): T[] {
  return words.split(',').map((word) => {
    const value = known.get(word);
    if (value !== undefined) return value;
    const names = [...known.keys()].join(', ');
    throw new RangeError(`--${option} must be among ${names}, got ${JSON.stringify(word)}`);
  });
}

function integer(name: string, words: string | undefined, min: number, max: number): number | undefined {
  if (words === undefined) return undefined;
  const value = /^\d+$/.test(words) ? Number(words) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(
    `--${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(words)}`,
  );
}

function size(words: string, min: number): number {
  const [, digits, unit = ''] = /^(\d+)(B|KiB|MiB|GiB)?$/i.exec(words) ?? [];
  const value = Number(digits) * 1024 ** Math.max(0, 'BKMG'.indexOf(unit.charAt(0).toUpperCase()));
  if (value >= min && Number.isSafeInteger(value)) return value;
  throw new RangeError(
    `--size must be a size such as 128MiB, at least ${SMALLEST_FILE} bytes for each of --files (${min}), got ${JSON.stringify(words)}`,
  );
}
