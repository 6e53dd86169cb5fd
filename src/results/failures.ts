import type { Token } from 'stream-json/core/parser.js';
import { stringer } from 'stream-json/core/stringer.js';
import { fromByteString, toByteString } from './byte-string.ts';
import { tokenize } from './elements.ts';
import { Excess } from './limits.ts';
import { type Element, type Extract, Flaw } from './reader.ts';
import { isJson } from './record.ts';

/** How often each status was seen, such as FAILED, TIMED_OUT, ABORTED and PENDING. */
export type StatusCounts = Record<string, number>;

/** Counts records of items that did not succeed, and makes nothing of them. */
export function countStatus(counts: StatusCounts): Extract {
  return (element) => {
    note(recordOf(element), counts);
    return [];
  };
}

/** Counts such records, and makes each one anew with its Input and Output in place of the strings that hold them. */
export function unfoldRecord(counts: StatusCounts): Extract {
  return (element, limits) => {
    const record = recordOf(element);
    note(record, counts);
    const members = Object.entries(record).map(([name, value]) => {
      const folded =
        (name === 'Input' || name === 'Output') && typeof value === 'string' && isJson(name, value, limits);
      return `${JSON.stringify(name)}:${folded ? value : anew(value)}`;
    });
    return [toByteString(`{${members.join(',')}}`)];
  };
}

/**
 * Counts such records, and takes the Input out of each: what a Map state has to be given to run the item again.
 * @param spread Takes the items out of an ItemBatcher's batch, instead of the batch as a whole.
 */
export function inputOf(counts: StatusCounts, spread: boolean): Extract {
  return (element, limits) => {
    const record = recordOf(element);
    note(record, counts);
    const { Input } = record;
    if (typeof Input !== 'string' || !isJson('Input', Input, limits))
      throw new Flaw('has no Input to run its item again with');
    const inputs = spread && isBatch(JSON.parse(Input)) ? itemsOf(tokenize(Input)) : [Input];
    return inputs.map(toByteString);
  };
}

function recordOf({ text, members }: Element): Readonly<Record<string, unknown>> {
  if (!members) throw new Flaw('is not an execution record');
  return JSON.parse(fromByteString(text)) as Record<string, unknown>;
}

/** JSON.stringify calls itself for each level: the stack may not do for as many as maxDepth can be. */
function anew(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new Excess('has a member that is too deep or too long to be written anew', { cause });
  }
}

function note({ Status }: Readonly<Record<string, unknown>>, counts: StatusCounts): void {
  if (typeof Status !== 'string') throw new Flaw('is an execution record without a Status');
  if (Status === 'SUCCEEDED') throw new Flaw('has succeeded, though it is in a list of items that did not');
  counts[Status] = (counts[Status] ?? 0) + 1;
}

/** An ItemBatcher gives its children `{"BatchInput": …, "Items": [ … ]}`, the first only where there is one. */
function isBatch(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || !('Items' in input) || !Array.isArray(input.Items))
    return false;
  return Object.keys(input).every((name) => name === 'Items' || name === 'BatchInput');
}

/** The items' texts, made anew from tokens, which leave numbers as they are written. */
function itemsOf(tokens: Iterable<readonly Token[]>): string[] {
  const items: string[] = [];
  let depth = 0;
  let inItems = false;
  let item = '';
  let write = stringer({ useValues: true });
  for (const some of tokens)
    for (const token of some) {
      if (depth === 2 && token.name === 'keyValue') inItems = token.value === 'Items';
      if (token.name === 'endObject' || token.name === 'endArray') depth--;
      if (inItems && depth >= 3) {
        const piece = write(token);
        if (typeof piece === 'string') item += piece;
      }
      if (token.name === 'startObject' || token.name === 'startArray') depth++;
      if (inItems && depth === 3 && item !== '') {
        items.push(item);
        item = '';
        write = stringer({ useValues: true });
      }
    }
  return items;
}
