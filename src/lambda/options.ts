import { MapRunResultsError } from '../errors.ts';
import {
  checkOption,
  MAX_DELAY,
  parseOption,
  WORD_OPTIONS,
  type WordOption,
  type WordOptions,
} from '../word-options.ts';

/** Options of the function itself, beside those of `aggregate`. */
export interface HandlerOptions extends WordOptions {
  /** Where in the event the Map state's output is: see `manifestAddress`. */
  readonly resultsPath?: string;
  /**
   * In milliseconds: how long before Lambda would stop the function the work is given up, with `DeadlineExceeded`, so
   * that there is time to abort the upload. Default 10,000.
   */
  readonly deadlineMargin?: number;
}

export const DEADLINE_MARGIN = 10_000;

const PREFIX = 'AGGREGATE_';
const OPTIONS: Readonly<Record<string, WordOption>> = {
  ...WORD_OPTIONS,
  resultsPath: { kind: 'text', help: "where in the event the Map state's output is" },
  deadlineMargin: {
    kind: 'integer',
    min: 0,
    max: MAX_DELAY,
    default: DEADLINE_MARGIN,
    help: "milliseconds before the function's timeout at which the work is given up",
  },
};
const NAMES = Object.keys(OPTIONS);

/**
 * Reads the `AGGREGATE_*` variables. One that is no option is refused: a misspelt name would do nothing, unnoticed.
 * @throws MapRunResultsError `InvalidOption`
 */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): HandlerOptions {
  const variables = new Map(NAMES.map((name) => [variable(name), name]));
  const given = Object.entries(environment).flatMap(([key, words]) => {
    if (!key.startsWith(PREFIX) || words === undefined || words === '') return [];
    const name = variables.get(key);
    const spec = name === undefined ? undefined : OPTIONS[name];
    if (!spec) throw unknown(key, variables.keys());
    return [[name, parseOption(spec, key, words)]];
  });
  return Object.fromEntries(given) as HandlerOptions;
}

/**
 * Reads the `options` member of an event, which prevails over the environment: one function can so serve several
 * state machines. Values are those of the library, or words as in the environment.
 * @throws MapRunResultsError `InvalidOption`
 */
export function optionsFromEvent(event: unknown): HandlerOptions {
  const options =
    typeof event === 'object' && event !== null && 'options' in event ? event.options : undefined;
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new MapRunResultsError('InvalidOption', 'the options of the event must be an object');
  const given = Object.entries(options).map(([name, value]) => {
    const label = `options.${name}`;
    const spec = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (!spec) throw unknown(label, NAMES);
    if (typeof value === 'string' && spec.kind !== 'text') return [name, parseOption(spec, label, value)];
    checkOption(spec, label, value);
    return [name, value];
  });
  return Object.fromEntries(given) as HandlerOptions;
}

function unknown(label: string, names: Iterable<string>): MapRunResultsError {
  return new MapRunResultsError(
    'InvalidOption',
    `${label} is not an option; those are ${[...names].join(', ')}`,
  );
}

/** `partSize` → `AGGREGATE_PART_SIZE` */
function variable(name: string): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
