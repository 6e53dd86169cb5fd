import type { Contender, Entrant } from '../contenders/contender.ts';
import type { Report } from '../contenders/job.ts';
import type { Sample } from '../measure.ts';
import type { Scenario } from '../scenarios.ts';
import type { Settings } from '../settings.ts';

/** What contenders of a scenario were given at one size. */
export interface Facts {
  /** As asked for; what there is differs a little. */
  readonly size: number;
  readonly bytes: number;
  readonly results: number;
  readonly documentBytes: number;
}

/** One contender's work, once. */
export interface Outcome extends Omit<Report, 'crc' | 'startRss'> {
  /** What the runtime and its libraries had taken of the memory before the work began, where they tell. */
  readonly startRss?: number;
  /** Of all its life, on all cores. */
  readonly cpuSeconds: number;
  /** Of the run's time, how much the server's one thread was at work. */
  readonly serverBusy?: number;
  readonly memory: readonly Sample[];
}

/** Where the contenders of a scenario are run at one size, and their answers checked. */
export interface Stage {
  readonly facts: Facts;
  readonly contenders: readonly Entrant[];
  /**
   * Runs one contender in a process of its own.
   * @param flags For Node.js.
   * @throws Error When it failed, or did something else than it should have.
   */
  run(name: string, flags?: readonly string[]): Promise<Outcome>;
  close(): void;
}

export type Open = (
  scenario: Scenario,
  size: number,
  settings: Pick<Settings, 'seed' | 'peers'>,
) => Promise<Stage>;

export function contenderNamed<Job>(contenders: readonly Contender<Job>[], name: string): Contender<Job> {
  const found = contenders.find((contender) => contender.name === name);
  if (!found) throw new Error(`no contender ${name}`);
  return found;
}
