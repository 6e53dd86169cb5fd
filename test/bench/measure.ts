import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from './contenders/contender.ts';

/** Seconds since a process began, and its resident memory then, in bytes. */
export type Sample = readonly [seconds: number, bytes: number];

/** What is seen of a process from outside; of its memory and processor time, what Linux tells. */
export interface Seen {
  readonly seconds: number;
  readonly stdout: string;
  readonly memory: readonly Sample[];
  readonly maxRss: number;
  readonly cpuSeconds: number;
}

const EVERY = 50; // Milliseconds.
const TICKS = 100; // Of /proc, in a second: USER_HZ, whatever the kernel's own.

/**
 * Runs a program to its end.
 * @param output Where its standard output goes: a file descriptor, or what comes back.
 */
export async function measure([program, ...args]: Command, output: number | 'pipe' = 'pipe'): Promise<Seen> {
  const started = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', output, 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const secondsNow = () => (performance.now() - started) / 1000;
  const memory: Sample[] = [];
  let [maxRss, cpuSeconds] = [0, 0];
  const sample = () => {
    const seen = lookAt(child.pid);
    if (!seen) return;
    memory.push([secondsNow(), seen.rss]);
    ({ maxRss, cpuSeconds } = seen);
  };
  const timer = setInterval(sample, EVERY);
  try {
    const exit = once(child, 'exit').then((end) => ({ end, seconds: secondsNow() }));
    const [stdout, { end, seconds }] = await Promise.all([child.stdout?.toArray() ?? [], exit]);
    const [code, signal] = end as [number | null, NodeJS.Signals | null];
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${signal ?? code}`);
    return { seconds, stdout: Buffer.concat(stdout).toString(), memory, maxRss, cpuSeconds };
  } finally {
    clearInterval(timer);
  }
}

function lookAt(pid: number | undefined): { rss: number; maxRss: number; cpuSeconds: number } | undefined {
  const [status, stat] = ['status', 'stat'].map((file) => {
    const path = `/proc/${pid}/${file}`;
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }) as [string, string];
  const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  if (bytes('VmRSS') === 0) return undefined; // It has ended, or there is no /proc.
  const [, user = 0, system = 0] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(stat) ?? [];
  return {
    rss: bytes('VmRSS'),
    maxRss: bytes('VmHWM'),
    cpuSeconds: (Number(user) + Number(system)) / TICKS,
  };
}

/** As many samples as a chart can show: of each stretch of time, that of the most memory. */
export function thinned(samples: readonly Sample[], count: number): readonly Sample[] {
  const step = Math.ceil(samples.length / count);
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, index) =>
    samples
      .slice(index * step, (index + 1) * step)
      .reduce((most, sample) => (sample[1] > most[1] ? sample : most)),
  );
}
