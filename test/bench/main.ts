import { findTools } from './contenders/tools.ts';
import { profileScenario } from './profile/profile.ts';
import { conditions } from './report/conditions.ts';
import { describe } from './report/describe.ts';
import { writePage } from './report/page.ts';
import { addResults, type ScenarioResults } from './report/results.ts';
import { standings } from './report/standings.ts';
import { runRounds } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import { parseCommandLine, type Settings } from './settings.ts';

/** Exit codes: done, a contender failed or did something else than it should have, wrong usage. */
const [DONE, FAILED, USAGE] = [0, 1, 2];

async function main(argv: readonly string[]): Promise<number> {
  const request = parseCommandLine(argv);
  try {
    switch (request.kind) {
      case 'help':
        process.stdout.write(request.text);
        return DONE;
      case 'usage':
        process.stderr.write(request.message);
        return USAGE;
      case 'render':
        process.stdout.write(`${writePage(request.settings.out)}\n`);
        return DONE;
      case 'profile':
        for (const scenario of request.scenarios)
          for await (const words of profileScenario(scenario, request.settings)) process.stdout.write(words);
        return DONE;
      case 'run':
        await bench(request.scenarios, request.settings);
        return DONE;
    }
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return FAILED;
  }
}

async function bench(scenarios: readonly Scenario[], settings: Settings): Promise<void> {
  const tools = findTools(settings.peers);
  const done: ScenarioResults[] = [];
  for (const scenario of scenarios) {
    const measured = await runRounds(scenario, settings, tools, (words) =>
      process.stderr.write(`${words}\n`),
    );
    const results = { scenario, conditions: conditions(settings.seed, tools), ...measured };
    addResults(settings.out, results); // Scenario by scenario, so that what is done is there when one fails.
    if (!settings.json) process.stdout.write(describe(results));
    done.push(results);
  }
  const page = writePage(settings.out);
  if (settings.json)
    process.stdout.write(
      `${JSON.stringify(done.map((results) => ({ ...results, standings: standings(results) })))}\n`,
    );
  else process.stdout.write(`${page}\n`);
}

process.exitCode = await main(process.argv.slice(2));
