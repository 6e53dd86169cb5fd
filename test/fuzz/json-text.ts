import { between, chance, pick, type Random, several } from '../support/random.ts';

const NUMBERS = ['0', '-0', '7', '1.0', '-12.5e-7', '1E+21', '1e400', '12345678901234567890', '0.1e-400'];
const NAMES = [
  'a',
  'é',
  '',
  '1',
  '__proto__',
  'constructor',
  'Output',
  'ExecutionArn',
  'Status',
  'Items',
  'x y',
];
/** Pieces of strings, as they stand between quotes. */
const PIECES = [
  ...['a', 'record', ' ', '[', '{', '}', ']', ',', ':', '/', "'", '\x7f', '\u2028', 'é', '€', '😀', '\ufeff'],
  ...['\\n', '\\"', '\\\\', '\\/', '\\u0000', '\\u00e9', '\\ud83d\\ude00', '\\ud800', '\\uDFFF', '\\u007f'],
  'a text that is longer than a short one',
];

/** JSON of any kind, with all that is odd but right: numbers, escapes, halves of surrogate pairs, members twice. */
export function jsonText(random: Random, depth = 3): string {
  const space = () => (chance(random, 0.05) ? pick(random, [' ', '\n', '\t', '\r\n', '  ']) : '');
  const inner = () => space() + jsonText(random, depth - 1) + space();
  switch (between(random, depth > 0 ? 0 : 2, 5)) {
    case 0:
      return `[${space()}${several(random, 0, 3, inner).join(',')}]`;
    case 1:
      return `{${space()}${several(random, 0, 3, () => `${space()}${memberName(random)}${space()}:${inner()}`).join(',')}}`;
    case 2:
      return pick(random, NUMBERS);
    case 3:
      return pick(random, ['true', 'false', 'null']);
    default:
      return `"${several(random, 0, 4, () => pick(random, PIECES)).join('')}"`;
  }
}

/** JSON that is nested so deep. */
export function nested(random: Random, depth: number): string {
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return `${open.repeat(depth)}${open === '[' ? '' : '0'}${close.repeat(depth)}`;
}

/** A text as a JSON string, in one of the many ways to write it; at times halves of surrogate pairs as they are. */
export function jsonString(random: Random, text: string): string {
  const written = JSON.stringify(chance(random, 0.3) ? text.replaceAll('\\ud800', '\ud800') : text);
  if (!chance(random, 0.2)) return written;
  const at = between(random, 1, written.length - 1);
  const unit = written.charCodeAt(at);
  const isPlain = /[a-z]/i.test(written.charAt(at)) && written.charAt(at - 1) !== '\\';
  if (!isPlain || /\\u[0-9a-f]{0,3}$/i.test(written.slice(0, at))) return written;
  return `${written.slice(0, at)}\\u${unit.toString(16).padStart(4, '0')}${written.slice(at + 1)}`;
}

function memberName(random: Random): string {
  return chance(random, 0.1) ? '"\\u004futput"' : `"${pick(random, NAMES)}"`;
}
