import { linear, linearTicks, logarithmic, logTicks, type Scale } from './scale.ts';
import { COLOURS, element, INK, line, picture, text, WIDTH } from './svg.ts';

export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Axis {
  readonly label: string;
  readonly logarithmic?: boolean;
  /** Round figures by default; a logarithmic axis ends at its first and last. */
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
}

export interface LineChart {
  readonly title: string;
  readonly series: readonly Series[];
  readonly x: Axis;
  readonly y: Axis;
  /** Whether each point is a figure of its own, and not one of many samples. */
  readonly dots?: boolean;
}

const [TOP, LEFT, RIGHT, BOTTOM, HEIGHT] = [58, 70, WIDTH - 30, 310, 360];
const FAINT = { 'stroke-opacity': 0.25 };
const PER_LETTER = 7; // Pixels, about.

/** Figures of several series over one axis, with a legend above. */
export function lineChart({ title, series, x, y, dots = false }: LineChart): string {
  const [xTicks, xScale] = along(
    x,
    series.flatMap(({ points }) => points.map(([x]) => x)),
    LEFT,
    RIGHT,
  );
  const [yTicks, yScale] = along(
    y,
    series.flatMap(({ points }) => points.map(([, y]) => y)),
    BOTTOM,
    TOP,
  );
  const grid = [
    ...yTicks.flatMap((tick) => [
      line(LEFT, yScale(tick), RIGHT, yScale(tick), FAINT),
      text(LEFT - 8, yScale(tick) + 4.5, y.format(tick), { 'text-anchor': 'end' }),
    ]),
    ...xTicks.flatMap((tick) => [
      line(xScale(tick), TOP, xScale(tick), BOTTOM, FAINT),
      text(xScale(tick), BOTTOM + 20, x.format(tick), { 'text-anchor': 'middle' }),
    ]),
    text((LEFT + RIGHT) / 2, BOTTOM + 42, x.label, { 'text-anchor': 'middle' }),
    text(LEFT, TOP - 14, y.label),
  ];
  const drawn = series.flatMap(({ points }, index) => {
    const colour = colourOf(index);
    const places = points.map(([x, y]) => [xScale(x), yScale(y)] as const);
    const path = places.map((place) => place.map((at) => +at.toFixed(1)).join(',')).join(' ');
    return [
      element('polyline', { points: path, fill: 'none', stroke: colour, 'stroke-width': 2.5 }),
      ...(dots ? places.map(([cx, cy]) => element('circle', { cx, cy, r: 4, fill: colour })) : []),
    ];
  });
  return picture(title, HEIGHT, [...legend(series), ...grid, ...drawn]);
}

function along(
  { logarithmic: isLog = false, ticks }: Axis,
  values: readonly number[],
  from: number,
  to: number,
): [readonly number[], Scale] {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const shown = ticks ?? (isLog ? logTicks(min, max) : linearTicks(max));
  const [first = 0, last = 0] = [shown[0], shown.at(-1)];
  return [shown, isLog ? logarithmic(first, last, from, to) : linear(last, from, to)];
}

function legend(series: readonly Series[]): string[] {
  let at = LEFT;
  return series.flatMap(({ label }, index) => {
    const x = at;
    at += label.length * PER_LETTER + 44;
    return [
      line(x, 14, x + 18, 14, { stroke: colourOf(index), 'stroke-width': 4 }),
      text(x + 25, 18.5, label, { fill: INK }),
    ];
  });
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}
