import type { Spread } from './statistics.ts';

const MB = 1e6;

/** In MB of 1,000,000 bytes. */
export function megabytes(bytes: number): string {
  return Math.round(bytes / MB).toLocaleString('en');
}

/** `64 MiB` or `8 GiB`; what is neither, in MB. */
export function sizeInWords(bytes: number): string {
  const [mib, gib] = [bytes / 1024 ** 2, bytes / 1024 ** 3];
  if (Number.isInteger(gib)) return `${gib} GiB`;
  return Number.isInteger(mib) ? `${mib} MiB` : `${megabytes(bytes)} MB`;
}

/** `85 (80–90)`, or without what is the same. */
export function formatSpread({ median, min, max }: Spread, format: (value: number) => string): string {
  const [least, most] = [format(min), format(max)];
  return least === most ? format(median) : `${format(median)} (${least}–${most})`;
}

/** Three digits, about: `0.42`, `4.25`, `12.5`, `120`. */
export function figure(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** Columns as wide as they must be, the first to the left and the others to the right. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines.reduce<number[]>(
    (widest, line) => line.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  );
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return lines.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('');
}

export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('');
}
