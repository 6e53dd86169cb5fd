/** JSON's syntax in bytes. */

export const [NEWLINE, SPACE, QUOTE, COMMA, COLON, BACKSLASH, LOWER_U] = [
  0x0a, 0x20, 0x22, 0x2c, 0x3a, 0x5c, 0x75,
];
export const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What may stand behind a backslash, one for each byte that may. */
export const IS_ESCAPE = among('"\\/bfnrtu');
export const IS_HEX = among('0123456789abcdefABCDEF');

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

function among(characters: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(characters.includes(String.fromCharCode(byte))),
  );
}
