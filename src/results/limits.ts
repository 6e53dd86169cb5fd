import { Flaw } from './reader.ts';

/** What one element of a result file may be at most: an execution record or a bare output. Plain data. */
export interface Limits {
  /** In bytes, as it stands in the file. */
  readonly maxResultBytes: number;
  /** In levels of arrays and objects; those of JSON inside its strings count by themselves. */
  readonly maxDepth: number;
}

/** An element that may be right, but is more than is taken. */
export class Excess extends Flaw {
  override readonly errorName = 'LimitExceeded';
}

/** @param lines Whether it is a line: a file of type JSON that is taken for JSON Lines has but one. */
export function tooLarge({ maxResultBytes }: Limits, lines: boolean): Excess {
  const hint = lines ? '; if it is a whole file of type JSON, set outputType to JSON' : '';
  return new Excess(`is larger than ${maxResultBytes} bytes; if it should be, raise maxResultBytes${hint}`);
}

/** @param what Completes the sentence: the element itself, or JSON inside it. */
export function tooDeep({ maxDepth }: Limits, what = 'is'): Excess {
  return new Excess(`${what} nested deeper than ${maxDepth} levels; if it should be, raise maxDepth`);
}

/**
 * Tells whether JSON is nested deeper than so many levels, before it is parsed; of what is not JSON, whether it looks
 * so. Most texts are too short for that, most others have too few brackets.
 */
export function isDeeperThan(maxDepth: number, json: string): boolean {
  if (json.length <= 2 * maxDepth || !hasMore(json, maxDepth)) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = json[i];
    if (unit === '"') i = endOfString(json, i);
    else if (unit === '[' || unit === '{') {
      if (++depth > maxDepth) return true;
    } else if (unit === ']' || unit === '}') depth--;
  }
  return false;
}

/** Whether there are more than `count` opening brackets and braces, in strings or not. */
function hasMore(json: string, count: number): boolean {
  let left = count;
  for (const bracket of ['[', '{']) {
    for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) {
      if (left-- === 0) return true;
    }
  }
  return false;
}

/** Where the quote is that ends the string which begins at `start`, or the end of the text. */
function endOfString(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    if (json[i] === '"') return i;
    if (json[i] === '\\') i++;
  }
  return json.length;
}
