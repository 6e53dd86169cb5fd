import { MapRunResultsError } from '../errors.ts';
import {
  checkOption,
  parseOption,
  WORD_OPTION_NAMES,
  WORD_OPTIONS,
  type WordOptions,
} from '../word-options.ts';

/** Options of the function itself, beside those of `aggregate`. */
export interface HandlerOptions extends WordOptions {
  /** Where in the event the Map state's output is: see `manifestAddress`. */
  readonly resultsPath?: string;
}

const PREFIX = 'AGGREGATE_';
const NAMES = [...WORD_OPTION_NAMES, 'resultsPath'] as const;

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
    if (!name) throw unknown(key, variables.keys());
    return [[name, name === 'resultsPath' ? words : parseOption(name, key, words)]];
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
  const given = Object.entries(options).map(([key, value]) => {
    const name = NAMES.find((name) => name === key);
    if (!name) throw unknown(`options.${key}`, NAMES);
    return [name, read(name, `options.${key}`, value)];
  });
  return Object.fromEntries(given) as HandlerOptions;
}

function read(name: (typeof NAMES)[number], label: string, value: unknown): unknown {
  if (name === 'resultsPath') {
    if (typeof value === 'string') return value;
    throw new MapRunResultsError('InvalidOption', `${label} must be a path`);
  }
  if (typeof value === 'string' && WORD_OPTIONS[name].kind !== 'text') return parseOption(name, label, value);
  checkOption(name, label, value);
  return value;
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
