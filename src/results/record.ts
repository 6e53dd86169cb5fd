import type { Token } from 'stream-json/core/parser.js';

/** What is wrong with a record; completes a sentence about it. */
export class Flaw extends Error {}

/**
 * Takes the text of each record's `Output` out of the tokens of an array of execution records. It is carried over
 * as it is, not made anew: numbers, key order and duplicate members stay what they were.
 * @param tokens With packed values.
 * @throws Flaw for what is no record, has no `Output`, or one that is not JSON.
 */
export function outputsOf(tokens: Iterable<Token>): string[] {
  const outputs: string[] = [];
  let depth = 0;
  let isOutput = false;
  /** Of the record being read; where a member is there twice, the last one counts, as in all of JSON. */
  let output: string | undefined;
  let kind: Token['name'] | undefined;

  for (const token of tokens) {
    if (depth === 2 && isOutput) {
      isOutput = false;
      kind = token.name;
      output = token.name === 'stringValue' ? token.value : undefined;
    }
    switch (token.name) {
      case 'keyValue':
        isOutput = depth === 2 && token.value === 'Output';
        break;
      case 'startArray':
      case 'startObject':
        if (depth === 1 && token.name === 'startArray') throw new Flaw('is not an execution record');
        depth++;
        break;
      case 'endArray':
      case 'endObject':
        depth--;
        if (depth !== 1) break;
        if (kind === undefined) throw new Flaw('is a record without an Output');
        if (output === undefined) throw new Flaw('is a record whose Output is not a string');
        if (!isJson(output)) throw new Flaw('has an Output that is not JSON');
        outputs.push(encodable(output));
        output = undefined;
        kind = undefined;
        break;
      default:
        if (depth === 1) throw new Flaw('is not an execution record');
    }
  }
  return outputs;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** UTF-8 cannot hold half of a surrogate pair; an escape, which is as good inside a string, can. */
function encodable(text: string): string {
  return text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16)}`;
}
