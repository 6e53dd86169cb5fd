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

/** Not what was looked for, or not sure to be: it may go on behind the end, or be nested too deep. */
export const UNSURE = -1;

const [PLUS, MINUS, DOT, ZERO, NINE, UPPER_E, LOWER_E, LOWER_F] = [
  0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65, 0x66,
];
/** As four bytes each, the last four of "false". */
const [TRUE, NULL, ALSE] = ['true', 'null', 'alse'].map((text) => Buffer.from(text).readInt32LE()) as [
  number,
  number,
  number,
];

/** The closing bytes of what is open. Deeper than that nothing is looked into. */
const closing = new Uint8Array(1024);

/**
 * Finds where a JSON value ends, whose UTF-8 is known to be right, and whether it is one to the letter of RFC 8259.
 * @param from Its first byte, or white space before it.
 * @param end Bytes from there on are not looked at. What ends just there is taken for whole.
 * @param maxDepth Levels of arrays and objects that it may have.
 * @returns The place behind it, or UNSURE.
 */
export function endOfValue(view: DataView, from: number, end: number, maxDepth: number): number {
  const deepest = Math.min(maxDepth, closing.length);
  let at = from;
  let depth = 0;
  for (;;) {
    at = skipSpace(view, at, end);
    if (at >= end) return UNSURE;
    const byte = view.getUint8(at);
    if (byte === QUOTE) at = endOfString(view, at + 1, end);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === deepest) return UNSURE;
      const close = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      at = skipSpace(view, at + 1, end);
      if (at < end && view.getUint8(at) === close) at++;
      else {
        closing[depth++] = close;
        if (byte === OPEN_BRACE) at = endOfName(view, at, end);
        if (at === UNSURE) return UNSURE;
        continue;
      }
    } else at = endOfScalar(view, at, end);

    for (;;) {
      if (at === UNSURE || depth === 0) return at;
      at = skipSpace(view, at, end);
      if (at >= end) return UNSURE;
      const next = view.getUint8(at++);
      const close = closing[depth - 1];
      if (next === close) depth--;
      else if (next !== COMMA) return UNSURE;
      else {
        if (close === CLOSE_BRACE) at = endOfName(view, skipSpace(view, at, end), end);
        if (at === UNSURE) return UNSURE;
        break;
      }
    }
  }
}

export function skipSpace(view: DataView, from: number, end: number): number {
  let at = from;
  while (at < end && view.getUint8(at) <= SPACE && isSpace(view.getUint8(at))) at++;
  return at;
}

/** @returns The place behind a member's name and colon, white space and all, or UNSURE. */
function endOfName(view: DataView, from: number, end: number): number {
  if (from >= end || view.getUint8(from) !== QUOTE) return UNSURE;
  const behind = endOfString(view, from + 1, end);
  return behind === UNSURE ? UNSURE : endOfColon(view, behind, end);
}

export function endOfColon(view: DataView, from: number, end: number): number {
  const at = skipSpace(view, from, end);
  return at < end && view.getUint8(at) === COLON ? at + 1 : UNSURE;
}

/** @param from Behind the opening quote. */
export function endOfString(view: DataView, from: number, end: number): number {
  for (let at = from; ; ) {
    at = endOfPlain(view, at, end);
    if (at >= end) return UNSURE;
    const byte = view.getUint8(at);
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH || at + 1 >= end) return UNSURE;
    const letter = view.getUint8(at + 1);
    if (!IS_ESCAPE[letter]) return UNSURE;
    if (letter === LOWER_U && hexadecimal(view, at + 2, end) === UNSURE) return UNSURE;
    at += letter === LOWER_U ? 6 : 2;
  }
}

/** @returns Where in a string the next byte is that does not stand for itself: quote, backslash, control character. */
export function endOfPlain(view: DataView, from: number, end: number): number {
  let at = from;
  for (const last = end - 4; at <= last; at += 4) {
    const found = special(view.getInt32(at, true));
    if (found !== 0) return at + firstOf(found);
  }
  while (at < end && isPlain(view.getUint8(at))) at++;
  return at;
}

export function isPlain(byte: number): boolean {
  return byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH;
}

/**
 * Looks at four bytes at once, which takes little longer than to look at one. The top bit of the first of them that
 * is not plain is set; above it others may be, as x - 1 borrows: see "Determine if a word has a byte less than n" in
 * Sean Anderson's Bit Twiddling Hacks. A quote and the control characters are, with one bit turned, the bytes below 0x21.
 */
export function special(word: number): number {
  const quotes = word ^ 0x02020202;
  const backslashes = word ^ 0x5c5c5c5c;
  return (((quotes - 0x21212121) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes)) & 0x80808080;
}

/** @param found What special gave, and not 0. */
export function firstOf(found: number): number {
  return (31 - Math.clz32(found & -found)) >> 3;
}

/** The value of the four digits of a \u escape, or UNSURE. */
export function hexadecimal(view: DataView, from: number, end: number): number {
  if (from + 4 > end) return UNSURE;
  let value = 0;
  for (let at = from; at < from + 4; at++) {
    const byte = view.getUint8(at);
    const digit = byte <= NINE ? byte - ZERO : (byte | 0x20) - 0x61 + 10;
    if (digit < 0 || digit > 15 || (byte > NINE && digit < 10)) return UNSURE;
    value = value * 16 + digit;
  }
  return value;
}

/** @returns The place behind a number, true, false or null, or UNSURE. A number may go on behind the end. */
export function endOfScalar(view: DataView, from: number, end: number): number {
  const byte = view.getUint8(from);
  return byte === MINUS || (byte >= ZERO && byte <= NINE)
    ? endOfNumber(view, from, end)
    : endOfWord(view, from, end);
}

function endOfWord(view: DataView, from: number, end: number): number {
  if (from + 4 > end) return UNSURE;
  const word = view.getInt32(from, true);
  if (word === TRUE || word === NULL) return from + 4;
  return from + 5 <= end && view.getUint8(from) === LOWER_F && view.getInt32(from + 1, true) === ALSE
    ? from + 5
    : UNSURE;
}

function endOfNumber(view: DataView, from: number, end: number): number {
  let at = view.getUint8(from) === MINUS ? from + 1 : from;
  const whole = at;
  at = endOfDigits(view, at, end);
  if (at === UNSURE || (at > whole + 1 && view.getUint8(whole) === ZERO)) return UNSURE;
  if (at < end && view.getUint8(at) === DOT) {
    at = endOfDigits(view, at + 1, end);
    if (at === UNSURE) return UNSURE;
  }
  if (at >= end || (view.getUint8(at) !== LOWER_E && view.getUint8(at) !== UPPER_E)) return at;
  at++;
  if (at < end && (view.getUint8(at) === PLUS || view.getUint8(at) === MINUS)) at++;
  return endOfDigits(view, at, end);
}

/** @returns The place behind one digit or more, or UNSURE. */
function endOfDigits(view: DataView, from: number, end: number): number {
  let at = from;
  while (at < end && view.getUint8(at) >= ZERO && view.getUint8(at) <= NINE) at++;
  return at === from ? UNSURE : at;
}
