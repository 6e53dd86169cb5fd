import { Command, CommanderError, Option } from 'commander';
import type { CleanupOptions } from '../cleanup.ts';
import { MapRunResultsError } from '../errors.ts';
import { WORD_OPTION_NAMES, WORD_OPTIONS, type WordOptionName, type WordOptions } from '../word-options.ts';
import { escapeLine } from './escape.ts';
import { flagsOf } from './flags.ts';

/** What a command line asks for. */
export type Request =
  | JobRequest
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'usage'; readonly message: string };

export type JobRequest =
  | { readonly kind: 'aggregate' | 'inspect'; readonly job: MapRunJob }
  | { readonly kind: 'cleanup'; readonly job: CleanupJob };

interface Job {
  /** Print what there is to say as JSON, and no progress. */
  readonly json: boolean;
  readonly client: { readonly endpoint?: string; readonly forcePathStyle?: boolean };
}

/** A job over one manifest. */
export interface MapRunJob extends Job {
  readonly manifest: string;
  /** `-` stands for standard output. */
  readonly output: string | undefined;
  readonly options: WordOptions;
}

export interface CleanupJob extends Job {
  readonly where: string;
  readonly options: Pick<CleanupOptions, 'olderThan' | 'dryRun' | 'expectedBucketOwner' | 'requestPayer'>;
}

/**
 * Reads a command line; nothing is printed and nothing is run.
 * @param argv Without the interpreter and the script.
 */
export function parseArgs(argv: readonly string[], version: string): Request {
  let request: Request | undefined;
  let printed = '';
  const program = new Command('map-run-results')
    .description('The results of an AWS Step Functions Distributed Map in one document.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: (text) => (printed += text) });

  const mapRunCommand = (kind: 'aggregate' | 'inspect', description: string) => {
    const command = program
      .command(kind)
      .description(description)
      .argument('<manifest>', 's3://bucket/key or path of the manifest.json')
      .option(
        '-o, --output <where>',
        's3://bucket/key, a path, or - for standard output (default: derived from the manifest, in its bucket)',
      );
    addOptions(command, WORD_OPTION_NAMES).action((manifest: string, { output, ...flags }) => {
      request = { kind, job: { manifest, output, ...jobOf(flags) } };
    });
  };
  mapRunCommand(
    'aggregate',
    'Merge the result files that a manifest lists into one document, {"results":[...]}.',
  );
  mapRunCommand('inspect', 'Say what aggregate would do with the same options, and do nothing.');

  const cleanupCommand = program
    .command('cleanup')
    .description(
      'Remove what was left by jobs that were killed: unfinished uploads, and partial local files.',
    )
    .argument(
      '<where>',
      's3://bucket/prefix, which should be one that nothing else uploads to; a folder, or the path of a document',
    )
    .addOption(
      new Option(
        '--older-than <age>',
        'leave alone what is younger: a number and s, m, h or d, or 0 (default: 1d)',
      ).argParser(parseAge),
    )
    .option('--dry-run', 'remove nothing, only say what there is');
  addOptions(cleanupCommand, ['expectedBucketOwner', 'requestPayer']).action((where: string, flags) => {
    request = { kind: 'cleanup', job: { where, ...jobOf(flags) } };
  });

  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof MapRunResultsError) return { kind: 'usage', message: `error: ${error.message}\n` };
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: printed };
    // Words of the command line stand in quotes, and must not go on on lines of their own.
    return { kind: 'usage', message: printed.replace(/'.*'/s, escapeLine) };
  }
  return request ?? { kind: 'usage', message: program.helpInformation() };
}

/** Adds options that words can say, and those of every command. */
function addOptions(command: Command, names: readonly WordOptionName[]): Command {
  for (const name of names) for (const flag of flagsOf(name, WORD_OPTIONS[name])) command.addOption(flag);
  return command
    .addOption(new Option('--endpoint <url>', 'of an S3-compatible store').argParser(parseUrl))
    .option('--force-path-style', 'address buckets by path, as most S3-compatible stores want it')
    .option('--json', 'print what there is to say as JSON, for machines');
}

/** What the flags of every command say, and the rest of them. */
function jobOf({ endpoint, forcePathStyle, json = false, ...options }: Job['client'] & { json?: boolean }) {
  const client = { ...(endpoint && { endpoint }), ...(forcePathStyle && { forcePathStyle }) };
  return { options, json, client };
}

function parseUrl(words: string): string {
  if (URL.canParse(words) && /^https?:/.test(words)) return words;
  throw new MapRunResultsError('InvalidOption', `--endpoint must be a URL, got ${JSON.stringify(words)}`);
}

/** `36h` → its milliseconds */
function parseAge(words: string): number {
  const [match, digits = '0', unit = 's'] = /^0$|^(\d{1,9})([smhd])$/.exec(words) ?? [];
  if (match !== undefined)
    return Number(digits) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd'] * 1000;
  const message = `--older-than must be a number and s, m, h or d, or 0, got ${JSON.stringify(words)}`;
  throw new MapRunResultsError('InvalidOption', message);
}
