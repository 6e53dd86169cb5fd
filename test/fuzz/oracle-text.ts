/** JSON's white space, which is less than what `trim` takes. */
const AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** What the whole of a text tells that is not JSON, or not UTF-8, or not what it should be. */
export class Refused extends Error {}

/** Where nothing can be told: whether V8's stack is large enough, for one. */
export class Unknown extends Error {}

export function decode(bytes: Uint8Array, { ignoreBOM }: { ignoreBOM: boolean }): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    throw new Refused('not UTF-8');
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('not JSON');
  }
}

/** The texts of the elements of a result file, by parsing the whole of it. */
export function elementTexts(bytes: Uint8Array, outputType: 'JSON' | 'JSONL'): string[] {
  const text = decode(bytes, { ignoreBOM: true });
  if (outputType === 'JSONL') return lineTexts(text);
  if (!Array.isArray(parse(text))) throw new Refused('not an array');
  return follow(text.replace(AROUND, '')).elements;
}

/** A value may go over several lines; the next begins on a line of its own. */
function lineTexts(text: string): string[] {
  const texts: string[] = [];
  let value = '';
  for (const line of text.split('\n')) {
    value += `\n${line}`;
    if (!isJson(value)) continue;
    texts.push(value.replace(AROUND, ''));
    value = '';
  }
  if (value.replace(AROUND, '') !== '') throw new Refused('a line that is not JSON');
  const last = text.lastIndexOf(texts.at(-1) ?? '');
  if (texts.at(-1)?.startsWith('[') && !text.includes('\n', last + (texts.at(-1)?.length ?? 0)))
    throw new Refused('an array that no newline ends');
  return texts;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How deep JSON is nested. */
export function depthOf(json: string): number {
  return follow(json).deepest;
}

/** Of what is known to be JSON: how deep it is nested, and if it is an array, the texts of its elements. */
function follow(json: string): { elements: string[]; deepest: number } {
  const elements: string[] = [];
  let [depth, deepest, from, inString] = [0, 0, 1, false];
  for (let i = 0; i < json.length; i++) {
    const unit = json[i];
    if (inString) {
      if (unit === '\\') i++;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else if (unit === '[' || unit === '{') deepest = Math.max(deepest, ++depth);
    else if (unit === ']' || unit === '}') depth--;
    if (inString || !((unit === ',' && depth === 1) || (unit === ']' && depth === 0))) continue;
    const element = json.slice(from, i).replace(AROUND, '');
    if (element !== '') elements.push(element);
    from = i + 1;
  }
  return { elements, deepest };
}

/** What UTF-8 cannot hold is written as an escape. */
export function withoutHalves(text: string): string {
  return text.replace(/\p{Surrogate}/gu, escaped);
}

export function toAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
