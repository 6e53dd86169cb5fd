import { PIPELINES } from './contenders/pipelines.ts';
import { READERS } from './contenders/readers.ts';
import { DEFAULT_SCENARIO, SCENARIOS } from './scenarios.ts';

const scenarios = [DEFAULT_SCENARIO, ...SCENARIOS].map(({ name, title }) => `  ${name.padEnd(12)} ${title}`);
const contenders = [PIPELINES, READERS].map((list) => list.map(({ name }) => name).join(', '));

export const HELP = `Usage: npm run bench -- [options]

Compares aggregate() with the bare transfer of the same bytes, and with what others would do.

  --scenario <names>    what is compared, by commas, or all (default: ${DEFAULT_SCENARIO.name})
  --out <folder>        for results.json and charts, RESULTS.md beside it (default: .bench/results)
  --json                print the results instead of tables
  --profile             take a CPU profile of each contender instead, and print where its time went
  --peers <folder>      where npm run bench:peers has installed peers (default: .bench/peers)
  --render              measure nothing, make charts and RESULTS.md of the results.json in --out
  --help                print this

In place of a scenario's own:

  --contenders <names>  by commas
  --rounds <n>          each runs every contender once
  --size <size>         result files together, such as 128MiB or 1GiB; --sizes for several, by commas
  --files <n>           result files
  --concurrency <n>     result files open at once
  --latency <ms>        that the server waits before each answer
  --seed <n>            of the made-up results (default: 1)

Scenarios:

${scenarios.join('\n')}

Contenders:

  over HTTP      ${contenders[0]}
  readers alone  ${contenders[1]}
`;
