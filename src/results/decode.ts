import type { BatchWriter } from './batch-writer.ts';
import { endOfValue, firstOf, hexadecimal, isPlain, skipSpace, special, UNSURE } from './json-bytes.ts';
import { BACKSLASH, LOWER_U, QUOTE } from './syntax.ts';

/** As two bytes. */
const ESCAPED_QUOTE = BACKSLASH | (QUOTE << 8);

/** What `\n` and its like stand for, by their letters. */
const MEANING = new Uint8Array(256);
for (const [index, letter] of [...'"\\/bfnrt'].entries())
  MEANING[letter.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(index);

/** Where the last string that was decoded ends: in its source, and as a draft. */
export interface Decoded {
  behind: number;
  end: number;
}

/**
 * Decodes a string of JSON into a draft.
 * @param from Behind the opening quote.
 * @param decoded Is told where it ends. One object for all strings, as there are many.
 * @returns Whether there is such a string. One with half of a surrogate pair is left to others.
 */
export function decode(
  source: DataView,
  from: number,
  end: number,
  batch: BatchWriter,
  decoded: Decoded,
): boolean {
  let at = from;
  let to = batch.start;
  let target = to + 4 > batch.end ? batch.grow(to, end - at) : batch.view;
  // Decoded, text is never longer: as far as that, there is room for it.
  let last = Math.min(end, at + batch.end - to) - 4;
  for (;;) {
    let found = 0;
    while (at <= last) {
      // What is written beyond the end of the text is written over.
      const word = source.getInt32(at, true);
      target.setInt32(to, word, true);
      found = special(word);
      if (found !== 0) break;
      at += 4;
      to += 4;
    }
    if (found !== 0) {
      const plain = firstOf(found);
      at += plain;
      to += plain;
    } else if (at + 4 <= end) {
      if (to + 4 > batch.end) target = batch.grow(to, end - at);
      last = Math.min(end, at + batch.end - to) - 4;
      continue;
    } else if (at >= end) return false;

    // Of JSON inside JSON, most escapes are quotes, and most of these have but a colon or a comma between them.
    if (at <= last && source.getUint16(at, true) === ESCAPED_QUOTE) {
      target.setUint8(to++, QUOTE);
      at += 2;
      const next = at <= last ? source.getInt32(at, true) : 0;
      if (((next >> 8) & 0xffff) === ESCAPED_QUOTE && isPlain(next & 0xff)) {
        target.setInt16(to, (next & 0xff) | (QUOTE << 8), true);
        to += 2;
        at += 3;
      }
      continue;
    }
    const byte = source.getUint8(at);
    if (isPlain(byte)) {
      target.setUint8(to++, byte);
      at++;
    } else if (byte === QUOTE) {
      decoded.behind = at + 1;
      decoded.end = to;
      return true;
    } else if (byte === BACKSLASH && at + 1 < end) {
      const letter = source.getUint8(at + 1);
      const meaning = MEANING[letter] as number;
      if (meaning !== 0) {
        target.setUint8(to++, meaning);
        at += 2;
      } else if (letter === LOWER_U) {
        let character = hexadecimal(source, at + 2, end);
        at += 6;
        if (character >= 0xd800 && character <= 0xdfff) {
          character = pair(character, source, at, end);
          at += 6;
        }
        if (character === UNSURE) return false;
        to = writeUtf8(character, target, to);
      } else return false;
    } else return false;
  }
}

/**
 * Drafts a string that has to have JSON in it.
 * @param from Its opening quote.
 * @param maxDepth Levels of arrays and objects that the JSON may have.
 * @returns Whether that is sure.
 */
export function decodeJson(
  source: DataView,
  from: number,
  end: number,
  batch: BatchWriter,
  decoded: Decoded,
  maxDepth: number,
): boolean {
  if (from >= end || source.getUint8(from) !== QUOTE) return false;
  if (!decode(source, from + 1, end, batch, decoded)) return false;
  const behind = endOfValue(batch.view, batch.start, decoded.end, maxDepth);
  return behind !== UNSURE && skipSpace(batch.view, behind, decoded.end) === decoded.end;
}

/** The character of a surrogate pair, of which the first half has been read. */
function pair(high: number, source: DataView, at: number, end: number): number {
  if (high > 0xdbff || at + 2 > end) return UNSURE;
  if (source.getUint8(at) !== BACKSLASH || source.getUint8(at + 1) !== LOWER_U) return UNSURE;
  const low = hexadecimal(source, at + 2, end);
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : UNSURE;
}

function writeUtf8(character: number, target: DataView, at: number): number {
  if (character < 0x80) {
    target.setUint8(at, character);
    return at + 1;
  }
  const bytes = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (let i = bytes - 1, rest = character; i > 0; i--, rest >>= 6)
    target.setUint8(at + i, 0x80 | (rest & 0x3f));
  target.setUint8(at, ((0xf00 >> bytes) & 0xff) | (character >> (6 * (bytes - 1))));
  return at + bytes;
}
