import { CEILING } from '../contenders/pipelines.ts';
import type { Run, ScenarioResults } from './results.ts';
import { median, pairwise, type Spread, spread } from './statistics.ts';

/** What a contender came to over all rounds, at one size. */
export interface Standing {
  readonly contender: string;
  readonly label: string;
  readonly side: ScenarioResults['contenders'][number]['side'];
  readonly size: number;
  /** Bytes of result files a second. */
  readonly speed: Spread;
  readonly seconds: Spread;
  /** Its speed to that of the transfer alone, round by round; undefined where that did not run. */
  readonly ofCeiling: Spread | undefined;
  /** Its speed to the one that latency and concurrency permit; undefined without latency. */
  readonly ofPermitted: Spread | undefined;
  /** Median, on all cores and with its start; 0 where the machine does not tell. */
  readonly cpuSeconds: number;
  /** The greatest of its peaks of memory, and what of that was there before the work began. */
  readonly maxRss: number;
  readonly startRss: number | undefined;
}

export type Measured = Pick<ScenarioResults, 'scenario' | 'contenders' | 'runs'>;

export function standings({ scenario, contenders, runs }: Measured): Standing[] {
  const permitted = permittedSeconds(scenario);
  return scenario.sizes.flatMap((size) =>
    contenders.flatMap(({ name, label, side }) => {
      const own = runsOf(runs, name, size);
      const [speed, seconds] = [spread(own.map(speedOf)), spread(own.map((run) => run.seconds))];
      if (!speed || !seconds) return [];
      const { maxRss, startRss } = own.reduce((most, run) => (run.maxRss > most.maxRss ? run : most));
      return {
        ...{ contender: name, label, side, size, speed, seconds, maxRss, startRss },
        ofCeiling: pairwise(own, runsOf(runs, CEILING, size), speedOf),
        ofPermitted: permitted > 0 ? spread(own.map((run) => permitted / run.seconds)) : undefined,
        cpuSeconds: median(own.map((run) => run.cpuSeconds)),
      };
    }),
  );
}

export function runsOf(runs: readonly Run[], contender: string, size: number): Run[] {
  return runs.filter((run) => run.contender === contender && run.size === size);
}

export function speedOf({ bytesIn, seconds }: Run): number {
  return bytesIn / seconds;
}

/** The time that result files take which are answered after a while, so many at once. */
export function permittedSeconds({ files, latency, concurrency }: Measured['scenario']): number {
  return (files * latency) / 1000 / concurrency;
}
