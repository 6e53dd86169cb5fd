import { figure, formatSpread, megabytes, sizeInWords } from './format.ts';
import { type Measured, type Standing, standings } from './standings.ts';

interface Column {
  readonly head: string;
  readonly cell: (standing: Standing) => string;
  /** Whether there is anything to say in it. */
  readonly when?: (standings: readonly Standing[], measured: Measured) => boolean;
}

const COLUMNS: readonly Column[] = [
  { head: 'contender', cell: ({ label }) => label },
  {
    head: 'size',
    cell: ({ size }) => sizeInWords(size),
    when: (_, { scenario }) => scenario.sizes.length > 1,
  },
  { head: 'MB/s in', cell: ({ speed }) => formatSpread(speed, megabytes) },
  {
    head: 'of the transfer',
    cell: ({ ofCeiling }) => (ofCeiling ? formatSpread(ofCeiling, figure) : ''),
    when: (all) => all.some(({ ofCeiling }) => ofCeiling),
  },
  {
    head: 'of what is permitted',
    cell: ({ ofPermitted }) => (ofPermitted ? formatSpread(ofPermitted, figure) : ''),
    when: (all) => all.some(({ ofPermitted }) => ofPermitted),
  },
  { head: 'seconds', cell: ({ seconds }) => formatSpread(seconds, figure) },
  {
    head: 'CPU seconds',
    cell: ({ cpuSeconds }) => figure(cpuSeconds),
    when: (all) => all.some(({ cpuSeconds }) => cpuSeconds > 0),
  },
  {
    head: 'peak RSS, MB (at start)',
    cell: ({ maxRss, startRss }) =>
      startRss === undefined ? megabytes(maxRss) : `${megabytes(maxRss)} (${megabytes(startRss)})`,
  },
];

/** Head and rows. Figures are medians with least and most. */
export function tableOf(measured: Measured): string[][] {
  const all = standings(measured);
  const columns = COLUMNS.filter(({ when }) => when?.(all, measured) ?? true);
  return [
    columns.map(({ head }) => head),
    ...all.map((standing) => columns.map(({ cell }) => cell(standing))),
  ];
}
