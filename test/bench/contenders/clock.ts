import { existsSync, readFileSync } from 'node:fs';
import type { Report, Work } from './job.ts';

/** Does the work and writes the report of it to standard output, which must be the report's alone. */
export async function timed(work: () => Promise<Work>): Promise<void> {
  const startRss = process.memoryUsage.rss();
  const started = performance.now();
  const done = await work();
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(JSON.stringify({ ...done, seconds, maxRss: peak(), startRss } satisfies Report));
}

/** Linux counts what the parent had in memory towards getrusage's peak of its child, but not towards this one. */
function peak(): number {
  const status = '/proc/self/status';
  const [, kib] = (existsSync(status) && /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))) || [];
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) * 1024;
}

/** What this process is told to do. */
export function jobOf<Job>(): Job {
  return JSON.parse(process.argv[2] ?? '') as Job;
}
