import type { BatchWriter } from './batch-writer.ts';
import { endOfScalar, firstOf, hexadecimal, isPlain, special, UNSURE } from './json-bytes.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  IS_ESCAPE,
  isSpace,
  LOWER_U,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from './syntax.ts';

/** What `\n` and its like stand for, by their letters. */
const MEANING = new Uint8Array(256);
for (const [index, letter] of [...'"\\/bfnrt'].entries())
  MEANING[letter.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(index);

/** What JSON may go on with. Up to NAME_OR_END that may be a string, which from NAME on is a member's name. */
const [VALUE, VALUE_OR_END, NAME, NAME_OR_END, AFTER_NAME, AFTER_VALUE] = [0, 1, 2, 3, 4, 5];

/** The closing bytes of what is open. Deeper than that nothing is looked into. */
const closing = new Uint8Array(1024);

/** Where the last string that was decoded ends: in its source, and as a draft. */
export interface Decoded {
  behind: number;
  end: number;
}

/**
 * Drafts a string that has to have JSON in it.
 * @param from Its opening quote.
 * @param decoded Is told where it ends. One object for all strings, as there are many.
 * @param maxDepth Levels of arrays and objects that the JSON may have.
 * @returns Whether that is sure. One with half of a surrogate pair is left to others.
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
  for (;;) {
    // Decoded, text is never longer: as far as that, there is room for it.
    const room = Math.max(0, batch.end - batch.start);
    const limit = Math.min(end, from + room);
    if (draft(source, from + 1, limit, batch, decoded, maxDepth)) return true;
    if (limit === end) return false;
    batch.grow(batch.start + room, end - limit);
  }
}

/**
 * Decodes and checks in one pass, as JSON in a string has its own quotes and backslashes in marked places: `\"` begins
 * and ends its strings, and `\\` begins its escapes.
 */
function draft(
  source: DataView,
  from: number,
  end: number,
  { view: target, start }: BatchWriter,
  decoded: Decoded,
  maxDepth: number,
): boolean {
  const deepest = Math.min(maxDepth, closing.length);
  const last = end - 4;
  let at = from;
  let to = start;
  let depth = 0;
  let next = VALUE;
  while (at < end) {
    const byte = source.getUint8(at);
    if (byte === BACKSLASH) {
      if (at + 1 >= end) return false;
      const meaning = MEANING[source.getUint8(at + 1)] as number;
      target.setUint8(to++, meaning);
      at += 2;
      if (isSpace(meaning)) continue;
      if (meaning !== QUOTE || next >= AFTER_NAME) return false;
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
        }
        if (at + 1 >= end) return false;
        const byte = source.getUint8(at);
        if (byte !== BACKSLASH) {
          if (!isPlain(byte)) return false;
          target.setUint8(to++, byte);
          at++;
          continue;
        }
        const letter = source.getUint8(at + 1);
        at += 2;
        if (letter === QUOTE) {
          target.setUint8(to++, QUOTE);
          break;
        }
        if (letter === BACKSLASH) {
          const escaped = escapeAt(source, at, end);
          if (escaped === UNSURE) return false;
          target.setUint8(to, BACKSLASH);
          target.setUint8(to + 1, escaped);
          at += source.getUint8(at) === BACKSLASH ? 2 : 1;
          to += 2;
        } else {
          const character = letter === LOWER_U ? characterAt(source, at, end) : (MEANING[letter] as number);
          if (character < 0x80 && !isPlain(character)) return false;
          at += letter !== LOWER_U ? 0 : character < 0x10000 ? 4 : 10;
          to = writeUtf8(character, target, to);
        }
      }
      next = next >= NAME ? AFTER_NAME : AFTER_VALUE;
    } else if (byte === SPACE) {
      target.setUint8(to++, byte);
      at++;
    } else if (next === AFTER_NAME) {
      if (byte !== COLON) return false;
      target.setUint8(to++, byte);
      at++;
      next = VALUE;
    } else if (next === AFTER_VALUE && depth === 0) {
      decoded.behind = at + 1;
      decoded.end = to;
      return byte === QUOTE;
    } else if (next !== VALUE && next !== NAME && byte === closing[depth - 1]) {
      target.setUint8(to++, byte);
      at++;
      depth--;
      next = AFTER_VALUE;
    } else if (next === AFTER_VALUE) {
      if (byte !== COMMA) return false;
      target.setUint8(to++, byte);
      at++;
      next = closing[depth - 1] === CLOSE_BRACE ? NAME : VALUE;
    } else if (next >= NAME) return false;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === deepest) return false;
      target.setUint8(to++, byte);
      at++;
      closing[depth++] = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      next = byte === OPEN_BRACE ? NAME_OR_END : VALUE_OR_END;
    } else {
      const behind = endOfScalar(source, at, end);
      if (behind === UNSURE) return false;
      while (at < behind) target.setUint8(to++, source.getUint8(at++));
      next = AFTER_VALUE;
    }
  }
  return false;
}

/** The letter of an escape, behind its backslash, or UNSURE. Of those that are escaped themselves, none goes on. */
function escapeAt(source: DataView, at: number, end: number): number {
  if (at + 1 >= end) return UNSURE;
  const byte = source.getUint8(at);
  if (byte === BACKSLASH) {
    const meaning = MEANING[source.getUint8(at + 1)] as number;
    return IS_ESCAPE[meaning] ? meaning : UNSURE;
  }
  if (byte === LOWER_U && hexadecimal(source, at + 1, end) === UNSURE) return UNSURE;
  return byte !== QUOTE && IS_ESCAPE[byte] ? byte : UNSURE;
}

/** The character that `\u` stands for, with the other half of a surrogate pair, or UNSURE. */
function characterAt(source: DataView, at: number, end: number): number {
  const character = hexadecimal(source, at, end);
  return character < 0xd800 || character > 0xdfff ? character : pair(character, source, at + 4, end);
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
