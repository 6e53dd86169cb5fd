import type { Kind } from '../fixtures/elements.ts';

/** The results of a result file, as one gets at them without thinking of memory. */
export function wholeResults(text: string, { outputType, transformation }: Kind): unknown[] {
  const elements: unknown[] =
    outputType === 'JSON'
      ? JSON.parse(text)
      : text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line));
  return transformation === 'NONE'
    ? elements.map((record) => JSON.parse((record as { Output: string }).Output))
    : elements;
}
