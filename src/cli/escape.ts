/**
 * What a terminal obeys, or shows otherwise than it stands there: control characters, invisible ones that format (as
 * those that turn the direction of a text), separators of lines, and halves of characters.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as one line of nothing but what can be seen: ESC is `\x1b`, RIGHT-TO-LEFT OVERRIDE `\u{202e}`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff ? `\\u{${hex(code)}}` : `\\x${hex(code, 2)}`;
  });
}

/** A value as one line of JSON with nothing but what can be seen: `JSON.stringify` leaves DEL and what is above it. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    character.replace(/./gs, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  );
}

function hex(code: number, width = 0): string {
  return code.toString(16).padStart(width, '0');
}
