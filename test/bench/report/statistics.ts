/** What repeated figures come to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Undefined where there are no figures. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The ratios of one list's figures to another's of the same round, so that what disturbs a round disturbs both.
 * Rounds that are not in both are left out.
 */
export function pairwise<T extends { readonly round: number }>(
  of: readonly T[],
  to: readonly T[],
  figure: (run: T) => number,
): Spread | undefined {
  return spread(
    of.flatMap((run) =>
      to.filter(({ round }) => round === run.round).map((other) => figure(run) / figure(other)),
    ),
  );
}
