import { calling, MapRunResultsError } from '../errors.ts';
import { formatLocation, type Location } from '../storage/location.ts';
import { fromByteString, toByteString } from './byte-string.ts';
import type { Extract } from './reader.ts';

/** Where a result comes from. */
export interface ResultInfo {
  /** The result file: its bucket and key, or its path. */
  readonly file: Location;
  /** The result's number in it, from 1. */
  readonly resultNumber: number;
}

/** Changes a result, or drops it by returning undefined. An Error that it throws fails the job, as it is. */
export type MapResult = (value: unknown, info: ResultInfo) => unknown;

/** Puts `map` behind an extract. Each text is parsed for it, and what it returns is written anew. */
export function mapped(extract: Extract, map: MapResult, file: Location): Extract {
  return (element, limits) =>
    extract(element, limits).flatMap((text) => {
      const info = { file, resultNumber: element.number };
      const value = calling('map', () => map(JSON.parse(fromByteString(text)), info));
      const changed = toJson(value, info);
      return changed === undefined ? [] : [toByteString(changed)];
    });
}

function toJson(value: unknown, { file, resultNumber }: ResultInfo): string | undefined {
  try {
    if (value instanceof Promise) throw new TypeError('it is a promise');
    return JSON.stringify(value);
  } catch (cause) {
    const message = `map must return something that JSON can hold, unlike for result ${resultNumber} of ${formatLocation(file)}`;
    throw new MapRunResultsError('InvalidOption', message, { ...file, resultNumber, cause });
  }
}
