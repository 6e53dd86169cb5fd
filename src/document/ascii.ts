import { isAscii } from 'node:buffer';

/**
 * JSON text with every character above U+007F as `\uXXXX`, those above U+FFFF as two of them, which is how Python's
 * `json.dumps` writes it. It may be done to any piece of a document, as such characters stand only inside strings.
 */
export function toAscii(json: Buffer): Buffer {
  if (isAscii(json)) return json;
  return Buffer.from(json.toString().replace(/[\u0080-\uffff]/g, escaped), 'latin1');
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
