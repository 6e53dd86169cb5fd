import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { ContenderName, Report } from './contenders.ts';
import type { Fixtures } from './fixtures.ts';
import type { Settings } from './settings.ts';

export interface Run extends Report {
  readonly round: number;
  readonly contender: ContenderName;
}

/** What a contender came to over all rounds. */
export interface Standing {
  readonly contender: ContenderName;
  /** Bytes of result files a second. */
  readonly speed: { readonly median: number; readonly min: number; readonly max: number };
  /** Its speed to the ceiling's of the same round, so that what disturbs a round disturbs both. */
  readonly ratio: number;
  readonly seconds: number;
  /** The greatest of its peaks of memory, and what of that was there before the work began. */
  readonly maxRss: number;
  readonly startRss: number;
}

export const CEILING: ContenderName = 'transfer';
const MB = 1e6;

export function standings(runs: readonly Run[]): Standing[] {
  return [...new Set(runs.map((run) => run.contender))].map((contender) => {
    const own = runs.filter((run) => run.contender === contender);
    const ceilings = runs.filter((run) => run.contender === CEILING);
    const speeds = own.map(speedOf);
    const { maxRss, startRss } = own.reduce((most, run) => (run.maxRss > most.maxRss ? run : most));
    return {
      contender,
      speed: { median: median(speeds), min: Math.min(...speeds), max: Math.max(...speeds) },
      ratio: median(
        own.flatMap((run) =>
          ceilings
            .filter(({ round }) => round === run.round)
            .map((ceiling) => speedOf(run) / speedOf(ceiling)),
        ),
      ),
      seconds: median(own.map((run) => run.seconds)),
      maxRss,
      startRss,
    };
  });
}

/** Where and of what the figures were taken; without it they mean nothing. */
export function conditions(settings: Settings, fixtures: Fixtures) {
  const { bytes, results, documentBytes } = fixtures;
  return {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), memory: totalmem() },
    versions: {
      node: process.version,
      'stream-json': versionOf('stream-json'),
      '@aws-sdk/client-s3': versionOf('@aws-sdk/client-s3'),
    },
    settings,
    fixtures: { bytes, results, documentBytes },
  };
}

export function describeConditions({
  machine,
  versions,
  settings,
  fixtures,
}: ReturnType<typeof conditions>): string {
  const { files, concurrency, runs, seed } = settings;
  return [
    `machine   ${machine.cpu}, ${machine.cores} cores, ${megabytes(machine.memory)} MB of memory`,
    `versions  ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `in        ${megabytes(fixtures.bytes)} MB in ${files} result files, ${fixtures.results} results, seed ${seed}`,
    `out       ${megabytes(fixtures.documentBytes)} MB, checked to the byte`,
    `how       ${concurrency} files at once, ${runs} rounds, each contender in a fresh process; MB is 1,000,000 bytes`,
    '          The S3 server is another process of this machine: no network and no TLS, so ratios tell more than MB/s.',
    '',
  ].join('\n');
}

export function table(standings: readonly Standing[]): string {
  const rows = standings.map(({ contender, speed, ratio, seconds, maxRss, startRss }) => [
    contender,
    `${megabytes(speed.median)} (${megabytes(speed.min)}–${megabytes(speed.max)})`,
    ratio.toFixed(2),
    seconds.toFixed(2),
    `${megabytes(maxRss)} (${megabytes(startRss)})`,
  ]);
  const lines = [
    ['contender', 'MB/s in (min–max)', `of ${CEILING}`, 'seconds', 'peak RSS MB (at start)'],
    ...rows,
  ];
  const widths = lines.reduce(
    (widest, line) => line.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [] as number[],
  );
  const format = (line: string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return `${lines.map(format).join('\n')}\n`;
}

function speedOf({ bytesIn, seconds }: Run): number {
  return bytesIn / seconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(0);
}

function versionOf(name: string): string {
  const file = `node_modules/${name}/package.json`; // npm runs scripts in the project's folder.
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
