import { parseArgs } from 'node:util';

/** What a run of the benchmark is made of. */
export interface Settings {
  /** Bytes of all result files together, about. */
  readonly size: number;
  readonly files: number;
  /** Result files open at once. */
  readonly concurrency: number;
  /** Rounds; each runs every contender once. */
  readonly runs: number;
  readonly seed: number;
  readonly json: boolean;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly settings: Settings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'usage'; readonly message: string };

const HELP = `Usage: npm run bench -- [options]

Compares aggregate() with the bare transfer of the same bytes, and with JSON.parse of whole documents.

  --size <size>      result files together, such as 128MiB or 1GiB (default: 256MiB)
  --files <n>        result files (default: 4)
  --concurrency <n>  result files open at once (default: 4)
  --runs <n>         rounds; each runs every contender once (default: 3)
  --seed <n>         of the made-up results (default: 1)
  --json             print one JSON object with all runs instead of a table
  --help             print this
`;

const KIB = 1024;
const INTEGERS = {
  files: { default: 4, min: 1, max: 10_000 },
  concurrency: { default: 4, min: 1, max: 1000 },
  runs: { default: 3, min: 1, max: 1000 },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1 },
} as const;

/** Reads the arguments; nothing is printed and nothing is run. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        size: { type: 'string', default: '256MiB' },
        files: { type: 'string' },
        concurrency: { type: 'string' },
        runs: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help', text: HELP };
    const files = integer('files', values.files);
    const settings = {
      size: size(values.size, files * 128 * KIB),
      files,
      concurrency: integer('concurrency', values.concurrency),
      runs: integer('runs', values.runs),
      seed: integer('seed', values.seed),
      json: values.json,
    };
    return { kind: 'run', settings };
  } catch (error) {
    return { kind: 'usage', message: `error: ${(error as Error).message}\n` };
  }
}

function integer(name: keyof typeof INTEGERS, words: string | undefined): number {
  const { default: standard, min, max } = INTEGERS[name];
  if (words === undefined) return standard;
  const value = /^\d+$/.test(words) ? Number(words) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(
    `--${name} must be a whole number from ${min} to ${max}, got ${JSON.stringify(words)}`,
  );
}

function size(words: string, min: number): number {
  const [, digits, unit = ''] = /^(\d+)(B|KiB|MiB|GiB)?$/i.exec(words) ?? [];
  const value = Number(digits) * KIB ** Math.max(0, 'BKMG'.indexOf(unit.charAt(0).toUpperCase()));
  if (value >= min && Number.isSafeInteger(value)) return value;
  throw new RangeError(
    `--size must be a size such as 128MiB, at least 128KiB for each of --files (${min} bytes), got ${JSON.stringify(words)}`,
  );
}
