import type { Progress } from '../options.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1536` → `1.5 KiB` */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${UNITS[power]}`;
}

/** `83` → `1m23s` */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${minutes}m${String(whole % 60).padStart(2, '0')}s` : `${whole}s`;
}

/**
 * One line: a bar, bytes, results, rate, and time left. As the manifest's sizes may be wrong, it never claims more
 * than 100 %.
 * @param seconds Since the start.
 * @param columns The terminal's width, which the line never exceeds.
 */
export function renderProgress(progress: Progress, seconds: number, columns: number): string {
  const { bytesRead, bytesTotal, results } = progress;
  const part = Math.min(1, bytesTotal === 0 ? 1 : bytesRead / bytesTotal);
  const rate = seconds > 0 ? bytesRead / seconds : 0;
  const left = rate > 0 ? formatSeconds(Math.max(0, bytesTotal - bytesRead) / rate) : '?';
  const filled = Math.round(part * 20);
  const facts = [
    `${String(Math.floor(part * 100)).padStart(3)}%`,
    `${formatBytes(bytesRead)} of ${formatBytes(bytesTotal)}`,
    `${results.toLocaleString('en')} results`,
    `${formatBytes(rate)}/s`,
    `${left} left`,
  ];
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${facts.join('  ')}`.slice(0, columns - 1);
}

/** A line on a terminal that is written over again and again, at most 10 times a second. */
export class ProgressLine {
  readonly #stream: NodeJS.WritableStream & { columns?: number };
  readonly #started = performance.now();
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WritableStream & { columns?: number }) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    const now = performance.now();
    if (now - this.#drawn < 100) return;
    this.#drawn = now;
    const line = renderProgress(progress, (now - this.#started) / 1000, this.#stream.columns ?? 80);
    this.#stream.write(`\r${line}\x1b[K`);
  }

  /** Shows something else, until it is cleared. */
  replace(words: string): void {
    this.#drawn = Number.POSITIVE_INFINITY;
    this.#stream.write(`\r${words.slice(0, (this.#stream.columns ?? 80) - 1)}\x1b[K`);
  }

  clear(): void {
    if (this.#drawn > 0) this.#stream.write('\r\x1b[K');
    this.#drawn = Number.NEGATIVE_INFINITY;
  }
}
