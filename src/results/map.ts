import type { Location } from '../storage/location.ts';
import { fromByteString, toByteString } from './byte-string.ts';
import type { Extract } from './reader.ts';

/** Where a result comes from. */
export interface ResultInfo {
  /** The result file: its bucket and key, or its path. */
  readonly file: Location;
  /** The result's number in it, from 1. */
  readonly resultNumber: number;
}

/** Changes a result, or drops it by returning undefined. What it throws fails the job, as it is. */
export type MapResult = (value: unknown, info: ResultInfo) => unknown;

/** Puts `map` behind an extract. Each text is parsed for it, and what it returns is written anew. */
export function mapped(extract: Extract, map: MapResult, file: Location): Extract {
  return (element) =>
    extract(element).flatMap((text) => {
      const value = map(JSON.parse(fromByteString(text)), { file, resultNumber: element.number });
      const changed = JSON.stringify(value);
      return changed === undefined ? [] : [toByteString(changed)];
    });
}
