/** From figures to places along an axis. */
export type Scale = (value: number) => number;

export function linear(max: number, from: number, to: number): Scale {
  return (value) => from + (value / (max || 1)) * (to - from);
}

/** @param min Greater than 0, as every value must be. */
export function logarithmic(min: number, max: number, from: number, to: number): Scale {
  const decades = Math.log(max / min) || 1;
  return (value) => from + (Math.log(value / min) / decades) * (to - from);
}

/** Round figures from 0 to at least `max`, five or so. */
export function linearTicks(max: number): number[] {
  const rough = (max || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((step) => step * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil((max || 1) / step - 1e-9) + 1 }, (_, i) => i * step);
}

/** Powers of ten, from one that is at most `min` to one that is at least `max`. */
export function logTicks(min: number, max: number): number[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
