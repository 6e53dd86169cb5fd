/**
 * UTF-8 as a string in which each character is one byte. JSON's own syntax is ASCII, so such text can be parsed,
 * compared and joined as it is, and costs half the memory and time that text with a single character beyond Latin
 * does. Only what looks at the characters of a value has to take them for what they are.
 */
export type ByteString = string;

export function fromByteString(bytes: ByteString): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/**
 * @param json JSON, or what ought to be. UTF-8 cannot hold half of a surrogate pair; an escape, which is as good
 *   inside a string, can. Behind a backslash there is no place for one: what is not JSON stays so.
 */
export function toByteString(json: string): ByteString {
  const text = json.isWellFormed() ? json : json.replace(/(\\*)(\p{Surrogate})/gu, escapeSurrogate);
  return Buffer.from(text).toString('latin1');
}

function escapeSurrogate(_: string, backslashes: string, unit: string): string {
  const escaped = backslashes.length % 2 === 0 ? `\\u${unit.charCodeAt(0).toString(16)}` : '\ufffd';
  return backslashes + escaped;
}
