/** Numbers from 0 to below 1. */
export type Random = () => number;

/** A seeded generator of numbers from 0 to below 1 (mulberry32): the same seed gives the same fixtures everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `min` to `max`, both included. */
export function between(random: () => number, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Whether something happens that does so with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** Some of these things: what `make` gives, from `min` to `max` times. */
export function several<T>(random: Random, min: number, max: number, make: (index: number) => T): T[] {
  return Array.from({ length: between(random, min, max) }, (_, index) => make(index));
}
