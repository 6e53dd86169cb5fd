import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORD_OPTIONS, type WordOption } from '../../../src/word-options.ts';

/** What a contender may need and a machine may lack. */
export type Tool = 'scanner' | 'threads' | 'python3' | 'jq' | '@duckdb/node-api' | '@streamparser/json';

/** Those that are here, with their versions in words. None is required. */
export type Tools = ReadonlyMap<Tool, string>;

const PYTHON = `import sys
from importlib import metadata
try: client = 'boto3 ' + metadata.version('boto3')
except metadata.PackageNotFoundError: client = 'urllib'
print(sys.version.split()[0], 'with', client)`;

/** @param peers Where `npm run bench:peers` has installed what is no dependency of this package. */
export function findTools(peers: string): Tools {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const options: Readonly<Record<string, WordOption>> = WORD_OPTIONS;
  const found: readonly (readonly [Tool, string | undefined])[] = [
    ['scanner', options.reader?.choices?.includes('scanner') ? version : undefined],
    ['threads', options.threads ? version : undefined],
    ['python3', outputOf('python3', '-c', PYTHON)],
    ['jq', outputOf('jq', '--version')?.replace(/^jq-/, '')],
    ['@duckdb/node-api', versionOf('@duckdb/node-api', peers)],
    ['@streamparser/json', versionOf('@streamparser/json', peers)],
  ];
  return new Map(found.filter((tool): tool is readonly [Tool, string] => tool[1] !== undefined));
}

/** Of a package in a folder's node_modules: by default the project's, in which npm runs its scripts. */
export function versionOf(name: string, folder = '.'): string | undefined {
  const path = join(folder, 'node_modules', name, 'package.json');
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
    : undefined;
}

function outputOf(command: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
