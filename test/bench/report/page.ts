import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Chart, chartsOf } from '../charts/charts.ts';
import { SCENARIOS } from '../scenarios.ts';
import { comparisonsOf } from './comparisons.ts';
import { filesInWords, howInWords, versionsInWords } from './describe.ts';
import { markdownTable, megabytes, sizeInWords } from './format.ts';
import { majorOf, readResults, type ScenarioResults } from './results.ts';
import { tableOf } from './table.ts';

/**
 * Makes charts of a folder's results.json, and RESULTS.md beside the folder.
 * @returns What was written, in words.
 */
export function writePage(folder: string): string {
  const results = readResults(folder);
  const [first, ...others] = byNode(results);
  if (!first) throw new Error(`there are no results in ${folder}`);
  mkdirSync(folder, { recursive: true });
  // Charts are of one Node.js: the oldest, which is the one that the package must run on.
  const charts = new Map(first.map((results) => [results, chartsOf(results)]));
  const files = [...charts.values()].flat();
  for (const { file, svg } of files) writeFileSync(join(folder, file), svg);
  const path = join(dirname(folder), 'RESULTS.md');
  writeFileSync(path, pageOf(charts, others, basename(folder)));
  return `${path}, and ${files.length} charts in ${folder}`;
}

/** Results in the order in which they are told, apart by the version of Node.js. */
export function byNode(results: readonly ScenarioResults[]): ScenarioResults[][] {
  const names = SCENARIOS.map(({ name }) => name);
  const place = ({ scenario }: ScenarioResults) => names.indexOf(scenario.name);
  const majors = [...new Set(results.map(majorOf))].toSorted((a, b) => Number(a) - Number(b));
  return majors.map((major) =>
    results.filter((result) => majorOf(result) === major).toSorted((a, b) => place(a) - place(b)),
  );
}

export function pageOf(
  charts: ReadonlyMap<ScenarioResults, readonly Chart[]>,
  others: readonly (readonly ScenarioResults[])[],
  folder: string,
): string {
  const told = [...charts.keys()];
  return [
    head(folder),
    conditionsOf(told),
    CAVEATS,
    '## At a glance\n',
    comparisonTable(told),
    ...[...charts].map(([results, own]) => section(results, own, folder)),
    ...others.map(
      (results) =>
        `## On Node.js ${majorOf(results[0] as ScenarioResults)}\n\n${conditionsOf(results)}\n${comparisonTable(results)}\n${results
          .map((results) => `${results.scenario.title}:\n\n${markdownTable(tableOf(results))}`)
          .join('\n')}`,
    ),
  ].join('\n');
}

const head = (folder: string) => `# Results

What \`npm run bench\` measured, in one go. The text is made of [results.json](${folder}/results.json) by \`npm run bench:report\`; [README.md](README.md) says how to measure it again.
`;

const CAVEATS = `- There is no network and no TLS: the S3 server is another process of the same machine, which serves a few blocks over and over and keeps nothing of what it is sent. Compare ratios, not MB/s.
- The server and whoever is measured share the machine's cores. Where all of them are at work, threads gain less than they would beside a real S3.
- Every round runs every contender once, each in a fresh process, and another one first. Figures are medians, with the least and the most in brackets; ratios are made round by round, and are then treated in the same way.
- Time begins when runtime and libraries are loaded, and ends with the answer to the last request. Only jq is timed from its start.
- Every answer is checked: the number of results, and the document byte by byte, by checksums. DuckDB is asked twice: for the texts, in a file, and for no more than their number and length.
- The Python way writes no white space here, so that its bytes can be checked, and reads all result files; TDR's lambda reads the first.
- Peak RSS is that of the whole process at its worst round; in brackets, what runtime and libraries had taken before the work. CPU seconds are of all its threads and with its start.
- Results are made up, in the form of TDR's file checks: execution records of about 2 KB, more than half of them with some text beyond ASCII. MB is 1,000,000 bytes, of result files.
`;

/** More than one line where not all was taken under the same. */
function conditionsOf(told: readonly ScenarioResults[]): string {
  const lines = told.map(({ conditions: { taken, machine, versions, seed } }) => {
    const { cpu, cores, memory, system } = machine;
    return `- Taken on ${taken}: ${cpu}, ${cores} cores, ${megabytes(memory)} MB of memory, ${system}; ${versionsInWords(versions)}; seed ${seed}.`;
  });
  return [...new Set(lines)].join('\n');
}

function comparisonTable(told: readonly ScenarioResults[]): string {
  const rows = told.flatMap(comparisonsOf).map(({ words, result }) => [words, result]);
  return markdownTable([['', 'ratio'], ...rows]);
}

function section(results: ScenarioResults, charts: readonly Chart[], folder: string): string {
  const { scenario, fixtures, leftOut } = results;
  const given = fixtures.map(({ size, bytes, results, documentBytes }) => {
    const what = scenario.sizes.length > 1 ? `${sizeInWords(size)}: ` : '';
    return `${what}${megabytes(bytes)} MB in ${filesInWords(scenario.files)}, ${results.toLocaleString('en')} results, ${megabytes(documentBytes)} MB out`;
  });
  return [
    `## ${scenario.title}\n`,
    `${scenario.about}\n`,
    ...charts.map(({ file, title }) => `![${title}](${folder}/${file})\n`),
    markdownTable(tableOf(results)),
    `\`--scenario ${scenario.name}\`: ${given.join('; ')}. ${howInWords(results)}.${
      leftOut.length > 0 ? ` Left out: ${leftOut.join('; ')}.` : ''
    }\n`,
  ].join('\n');
}
