import { between, pick } from './random.ts';

/** Makes JSON up that is hard on readers, and what only looks like it. The same random numbers give the same text. */
export class HostileJson {
  readonly #random: () => number;
  /** How often something is wrong, from 0 to 1. */
  readonly #wrong: number;
  /** White space that may stand between tokens: in a line there must be no newline. */
  readonly #spaces: readonly string[];

  constructor(random: () => number, wrong: number, spaces: readonly string[]) {
    this.#random = random;
    this.#wrong = wrong;
    this.#spaces = spaces;
  }

  space(): string {
    return this.#one(5) ? pick(this.#random, this.#spaces) : '';
  }

  value(depth = 0): string {
    switch (between(this.#random, 0, depth > 3 ? 3 : 7)) {
      case 0:
      case 1:
        return this.string();
      case 2:
        return this.#number();
      case 3:
        return this.#isWrong() ? pick(this.#random, WRONG_WORDS) : pick(this.#random, WORDS);
      case 4:
        return this.#one(20) ? this.#nested() : this.#array(depth);
      case 5:
        return this.#array(depth);
      default:
        return this.#object(depth);
    }
  }

  string(): string {
    let text = '"';
    for (let parts = between(this.#random, 0, 4); parts > 0; parts--)
      text += this.#isWrong() ? pick(this.#random, WRONG_PARTS) : this.#part();
    return `${text}"`;
  }

  name(): string {
    return this.#one(2) ? pick(this.#random, NAMES) : this.string();
  }

  /** An execution record, or nearly one. */
  record(): string {
    const members = [this.#member(pick(this.#random, OUTPUT_NAMES), this.#output())];
    for (let more = between(this.#random, 0, 4); more > 0; more--)
      members.splice(between(this.#random, 0, members.length), 0, this.#otherMember());
    return this.#braced(members);
  }

  /** One that is mostly right, with some JSON in it that may make it as large as one likes. */
  paddedRecord(padding: string): string {
    const output = this.literal(`[${padding},${this.value(1)}]`, false);
    const input = this.literal(padding, this.#one(3));
    return this.#braced([this.#member('"Input"', input), this.#member('"Output"', output)]);
  }

  /**
   * Text as it would be in a string: escaped in one way or another.
   * @param oddly Also where there is no need to, and with surrogates in it.
   */
  literal(text: string, oddly = this.#one(3)): string {
    let literal = '"';
    for (const character of text) {
      if (oddly && this.#one(40)) literal += pick(this.#random, SURROGATES);
      const needs = character < ' ' || character === '"' || character === '\\';
      if (oddly && this.#one(12)) literal += this.#asUnits(character);
      else if (!needs) literal += character;
      else if (this.#isWrong() && this.#one(8)) literal += character;
      else literal += JSON.stringify(character).slice(1, -1);
    }
    return `${literal}"`;
  }

  #output(): string {
    const text = `${this.space()}${this.value(1)}${this.space()}`;
    if (this.#isWrong())
      return pick(this.#random, [this.value(1), this.literal(`${text},`), '""', '"x"', '"\\ud800"']);
    return this.literal(text);
  }

  #otherMember(): string {
    switch (between(this.#random, 0, 9)) {
      case 0:
        return this.#member(
          pick(this.#random, OUTPUT_NAMES),
          this.#isWrong() ? this.value(1) : this.#output(),
        );
      case 1:
        return this.#member(this.name(), this.value(1));
      case 2:
        return this.#member('"Input"', this.literal(this.value(1)));
      default:
        return pick(this.#random, COMMON_MEMBERS);
    }
  }

  #member(name: string, value: string): string {
    return `${this.space()}${name}${this.space()}:${this.space()}${value}${this.space()}`;
  }

  #object(depth: number): string {
    return this.#braced(this.#list(() => this.#member(this.name(), this.value(depth + 1))));
  }

  #braced(members: readonly string[]): string {
    return `{${members.join(',') || this.space()}${this.#isWrong() ? pick(this.#random, [',', ']', ':', '"a"']) : '}'}`;
  }

  #array(depth: number): string {
    const items = this.#list(() => `${this.space()}${this.value(depth + 1)}${this.space()}`);
    return `[${items.join(',') || this.space()}${this.#isWrong() ? pick(this.#random, [',', '}', ',]', '']) : ']'}`;
  }

  /** Deep, and at times only just as deep as is looked into. */
  #nested(): string {
    const depth = this.#one(40) ? between(this.#random, 1020, 1030) : between(this.#random, 2, 40);
    const [open, close] = this.#one(2) ? ['[', ']'] : ['{"a":', '}'];
    return open.repeat(depth) + this.value(4) + close.repeat(depth);
  }

  #list(make: () => string): string[] {
    return Array.from({ length: between(this.#random, 0, 3) }, make);
  }

  #number(): string {
    if (this.#isWrong()) return pick(this.#random, WRONG_NUMBERS);
    return this.#one(2)
      ? pick(this.#random, NUMBERS)
      : String(this.#random() * 10 ** between(this.#random, -9, 22));
  }

  #part(): string {
    switch (between(this.#random, 0, 9)) {
      case 0:
        return 'x'.repeat(between(this.#random, 0, 9));
      case 1:
        return 'long '.repeat(between(this.#random, 4, 8)).slice(between(this.#random, 0, 4));
      case 2:
        return '\\"'.repeat(between(this.#random, 1, 3));
      default:
        return pick(this.#random, PARTS);
    }
  }

  #asUnits(character: string): string {
    return [...Array(character.length).keys()]
      .map((index) => character.charCodeAt(index).toString(16).padStart(4, '0'))
      .map((digits) => `\\u${this.#one(2) ? digits.toUpperCase() : digits}`)
      .join('');
  }

  #isWrong(): boolean {
    return this.#random() < this.#wrong;
  }

  #one(of: number): boolean {
    return this.#random() * of < 1;
  }
}

const WORDS = ['true', 'false', 'null'];
const WRONG_WORDS = [
  'tru',
  'truex',
  'True',
  'nul',
  'nulls',
  'fals',
  'falsey',
  'undefined',
  'NaN',
  '',
  ',',
  ':',
];
const NUMBERS = [
  '0',
  '-0',
  '1.0',
  '12345678901234567890',
  '1e5',
  '1E+400',
  '-0.10e-7',
  '9'.repeat(40),
  '0e0',
];
const WRONG_NUMBERS = [
  '01',
  '-',
  '-01',
  '+1',
  '.5',
  '1.',
  '1.e5',
  '1e',
  '1e+',
  '--1',
  '0x1',
  '1_0',
  '1a',
  '1"a"',
  '00',
];

/** Of strings, as they stand in them. */
const PARTS = [
  ...['a', ' ', '{', '}', '[', ']', ',', ':', '/', '\x7f', 'Output'],
  ...['é', '会', '😀', '\u0080', '\u07ff', '\u0800', '\u2028', '\ufeff', '\uffff', '\u{10000}', '\u{10ffff}'],
  ...['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\\\\\"', '\\":\\"', '\\",\\"'],
  ...['\\u0000', '\\u001f', '\\u0022', '\\u005c', '\\u007f', '\\u00e9', '\\u4F1A', '\\uffff'],
  ...[
    '\\ud83d\\ude00',
    '\\uD83D\\uDE00',
    '\\ud800',
    '\\udfff',
    '\\ude00\\ud83d',
    '\\ud83d\\ud83d\\ude00',
    '\\ud83dx',
  ],
  ...['\\\\ud800', '\\\\\\ud800', '\\ud83d\\n', '\\ud83d\\\\ude00'],
];
const WRONG_PARTS = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...[
    '\\',
    '\\x',
    '\\u',
    '\\u12',
    '\\u12g4',
    '\\U0041',
    '\\u 041',
    '\\\n',
    '"',
    '\\ud83d\\u',
    '\\ud83d\\ude0',
  ],
];

/** Of strings whose content is JSON: these stand in what is a string there, mostly. */
const SURROGATES = [
  ...['\\ud83d\\ude00', '\\ud800\\udc00', '\\uDBFF\\uDFFF', '\\ud800', '\\uDFFF', '\\ude00\\ud83d'],
  ...[
    '\\ude00\\ude00',
    '\\ud83d\\ud83d\\ude00',
    '\\ud83dx',
    '\\ud83d\\n',
    '\\ud83d\\\\ude00',
    '\\ud83d\\u0041',
  ],
];

const OUTPUT_NAMES = [
  ...Array.from({ length: 60 }, () => '"Output"'),
  ...['"\\u004futput"', '"Outpu\\u0074"', '"\\u004F\\u0075\\u0074\\u0070\\u0075\\u0074"'],
  ...['"output"', '"Outpu"', '"Outputs"', '"Output "', '"Outpu\\t"', '"\\"Output\\""', '""'],
];
const NAMES = [
  ...['"Output"', '"Name"', '"Status"', '"ExecutionArn"', '"Input"', '"\\u0053tatus"', '"\x7f"', '"\\u007f"'],
  ...[
    '"x\x7f"',
    '""',
    '"__proto__"',
    '"StatusCode"',
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
    '"\x7faaaaaaaaaaaaaaaaaaaaaaaa"',
  ],
];
const COMMON_MEMBERS = [
  '"ExecutionArn":"arn:aws:states:eu-west-2:000000000000:execution:a:b"',
  '"InputDetails":{"Included":true}',
  '"Name":"b"',
  '"RedriveCount":0',
  '"Status":"SUCCEEDED"',
  '"StopDate":"2026-09-24T03:02:59.213Z"',
];
