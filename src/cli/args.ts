import { Command, CommanderError, Option } from 'commander';
import { MapRunResultsError } from '../errors.ts';
import { WORD_OPTION_NAMES, WORD_OPTIONS, type WordOptions } from '../word-options.ts';
import { escapeLine } from './escape.ts';
import { flagsOf } from './flags.ts';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'aggregate' | 'inspect'; readonly job: JobRequest }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'usage'; readonly message: string };

/** A job over one manifest. */
export interface JobRequest {
  readonly manifest: string;
  /** `-` stands for standard output. */
  readonly output: string | undefined;
  readonly options: WordOptions;
  /** Print the summary as JSON, and no progress. */
  readonly json: boolean;
  readonly client: { readonly endpoint?: string; readonly forcePathStyle?: boolean };
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

  const command = (kind: 'aggregate' | 'inspect', description: string) => {
    const command = program
      .command(kind)
      .description(description)
      .argument('<manifest>', 's3://bucket/key or path of the manifest.json')
      .option(
        '-o, --output <where>',
        's3://bucket/key, a path, or - for standard output (default: derived from the manifest, in its bucket)',
      );
    for (const name of WORD_OPTION_NAMES)
      for (const flag of flagsOf(name, WORD_OPTIONS[name])) command.addOption(flag);
    command
      .addOption(new Option('--endpoint <url>', 'of an S3-compatible store').argParser(parseUrl))
      .option('--force-path-style', 'address buckets by path, as most S3-compatible stores want it')
      .option('--json', 'print what there is to say as JSON, for machines')
      .action((manifest: string, { output, endpoint, forcePathStyle, json = false, ...options }) => {
        const client = { ...(endpoint && { endpoint }), ...(forcePathStyle && { forcePathStyle }) };
        request = { kind, job: { manifest, output, options, json, client } };
      });
  };
  command('aggregate', 'Merge the result files that a manifest lists into one document, {"results":[...]}.');
  command('inspect', 'Say what aggregate would do with the same options, and do nothing.');

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

function parseUrl(words: string): string {
  if (URL.canParse(words) && /^https?:/.test(words)) return words;
  throw new MapRunResultsError('InvalidOption', `--endpoint must be a URL, got ${JSON.stringify(words)}`);
}
