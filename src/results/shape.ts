import type { Token } from 'stream-json/core/parser.js';
import { type Lifted, MARK } from './lifted.ts';
import { Flaw } from './reader.ts';
import { isRecordMember } from './record.ts';

/** What is known of an element without its long strings: the same for every element that differs in those alone. */
export interface Shape {
  readonly isObject: boolean;
  readonly hasOutput: boolean;
  /** Its `Output` where that is a string: as it is, or the number of what stands for it. The last one counts. */
  readonly output: string | number | undefined;
  /** Whether it has no members but an execution record's, and those that tell one. */
  readonly isRecord: boolean;
  /** Whether names of members were lifted: then it is the shape of this element alone. */
  readonly isOwn: boolean;
}

/**
 * @param tokens Of an array of one element, as lists of some.
 * @throws Flaw where it is not one.
 */
export function shapeOf(tokens: Iterable<readonly Token[]>, lifted: Lifted): Shape {
  let [depth, elements, standIns] = [0, 0, 0];
  let [isObject, hasOutput, hasArn, hasOthers, isOwn] = [false, false, false, false, false];
  let output: string | number | undefined;
  let name: string | undefined;

  for (const some of tokens)
    for (const token of some) {
      let value: string | number | undefined;
      if (token.name === 'stringValue' || token.name === 'keyValue')
        value = token.value.startsWith(MARK) ? standIns++ : token.value;

      if (token.name === 'endObject' || token.name === 'endArray') depth--;
      else if (token.name === 'keyValue') {
        if (depth !== 2) continue;
        isOwn ||= typeof value === 'number';
        name = typeof value === 'number' ? lifted.string(value) : value;
      } else {
        if (depth === 1) {
          elements++;
          isObject = token.name === 'startObject';
        } else if (depth === 2 && isObject) {
          if (name === 'Output') [hasOutput, output] = [true, value];
          else if (name === 'ExecutionArn') hasArn = true;
          else if (!isRecordMember(name)) hasOthers = true;
        }
        if (token.name === 'startObject' || token.name === 'startArray') depth++;
      }
    }
  if (elements !== 1) throw new Flaw('is not one JSON value');
  return { isObject, hasOutput, output, isRecord: !hasOthers && (output !== undefined || hasArn), isOwn };
}
