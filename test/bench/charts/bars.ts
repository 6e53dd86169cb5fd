import { linear } from './scale.ts';
import { element, line, picture, SIDES, text, WIDTH } from './svg.ts';

export interface Bar {
  readonly label: string;
  readonly side: keyof typeof SIDES;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Behind the bar, such as the value with its unit. */
  readonly note: string;
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Something to reach. */
  readonly mark?: { readonly value: number; readonly label: string } | undefined;
}

const [ROW, THICK, TOP] = [30, 18, 26];
/** So that a whisker of the same grey is seen on it. */
const FAINT = { 'fill-opacity': 0.5 };
const [LEFT, RIGHT] = [250, WIDTH - 140];

/** A bar for each figure, with a whisker from its least to its most. */
export function barChart({ title, bars, mark }: BarChart): string {
  const scale = linear(Math.max(...bars.map(({ max }) => max), mark?.value ?? 0), LEFT, RIGHT);
  const height = TOP + ROW * bars.length + 8;
  const rows = bars.flatMap(({ label, side, value, min, max, note }, index) => {
    const middle = TOP + ROW * (index + 0.5);
    const [y, width] = [middle - THICK / 2, Math.max(1, scale(value) - LEFT)];
    return [
      text(LEFT - 10, middle + 4.5, label, { 'text-anchor': 'end' }),
      element('rect', {
        x: LEFT,
        y,
        width,
        height: THICK,
        rx: 3,
        fill: SIDES[side],
        ...(side === 'peer' && FAINT),
      }),
      ...(max > min ? whisker(scale(min), scale(max), middle) : []),
      text(Math.max(scale(value), scale(max)) + 8, middle + 4.5, note),
    ];
  });
  return picture(title, height, [...rows, ...(mark ? marked(scale(mark.value), height, mark.label) : [])]);
}

function whisker(from: number, to: number, y: number): string[] {
  const ends = [from, to].map((x) => line(x, y - 4, x, y + 4, { 'stroke-width': 1.5 }));
  return [line(from, y, to, y, { 'stroke-width': 1.5 }), ...ends];
}

function marked(x: number, height: number, label: string): string[] {
  const anchor = x > (LEFT + RIGHT) / 2 ? 'end' : 'start';
  return [
    line(x, TOP - 6, x, height - 6, {
      stroke: SIDES.ceiling,
      'stroke-width': 1.5,
      'stroke-dasharray': '5 4',
    }),
    text(x, TOP - 11, label, { 'text-anchor': anchor, 'font-size': 12 }),
  ];
}
