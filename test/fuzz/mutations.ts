import { between, chance, pick, type Random } from '../support/random.ts';
import { nested } from './json-text.ts';
import { type Entry, MAX_SIZE_TAKEN, type ManifestDraft, type Run } from './runs.ts';

/** Bytes that matter to somebody who reads JSON, UTF-8 or lines. */
const ODDITIES: readonly (string | readonly number[])[] = [
  ...['"', '\\', '{', '}', '[', ']', ',', ':', '\n', '\r', ' ', '\0', '\x7f', '\x1b[2J', '/**/', 'NaN', "'"],
  ...[
    '-',
    '+1',
    '01',
    '1.',
    '.5',
    '1e',
    '-0',
    '1e999',
    '0x10',
    'nul',
    '\\u12',
    '\\x',
    '\\ud800',
    '"\\u004f"',
  ],
  ...[
    '{"Output":1}',
    '{"Output":"{"}',
    '{"Output":"1","Output":2}',
    '{"__proto__":{"Output":"1"}}',
    '[]',
    '{}',
  ],
  [0xef, 0xbb, 0xbf],
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
];

const KEYS = [
  '../../etc/passwd',
  'a\0b',
  '/',
  '//',
  ' ',
  'é/😀',
  '\x1b[31m',
  'a?b#c%2e+',
  '\ud800',
  'x'.repeat(1024),
];
const SIZES = [0, 1, -1, 1.5, '26', null, 1e308, 5e12, MAX_SIZE_TAKEN, Number.MAX_SAFE_INTEGER];

type Mutate<T> = (random: Random, subject: T) => string;

/** Does something to bytes, and says what. */
function mutateBytes(random: Random, bytes: Buffer, others: readonly Buffer[]): [Buffer, string] {
  const at = between(random, 0, bytes.length);
  const to = Math.min(bytes.length, at + between(random, 1, chance(random, 0.3) ? 1000 : 8));
  const insert = (some: Uint8Array) => Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)]);
  switch (between(random, 0, 8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << between(random, 0, 7));
      return [flipped, `a bit flipped at ${at}`];
    }
    case 1:
      return [bytes.subarray(0, at), `cut off at ${at}`];
    case 2:
      return [bytes.subarray(at), `begun at ${at}`];
    case 3:
      return [Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]), `without ${at} to ${to}`];
    case 4:
      return [insert(bytes.subarray(at, to)), `with ${at} to ${to} twice`];
    case 5: {
      const depth = pick(random, [10, 1001, 5000, 100_000]);
      const text = chance(random, 0.3) ? '['.repeat(depth) : nested(random, depth);
      return [insert(Buffer.from(text)), `nested ${depth} deep at ${at}`];
    }
    case 6:
      return chance(random, 0.5)
        ? [Buffer.alloc(0), 'emptied']
        : [pick(random, others.length > 0 ? others : [bytes]), 'replaced by another'];
    default: {
      const oddity = pick(random, ODDITIES);
      const some = typeof oddity === 'string' ? Buffer.from(oddity) : Buffer.from(oddity);
      return [insert(some), `with ${JSON.stringify(oddity)} at ${at}`];
    }
  }
}

/** Does something to a manifest that leaves it JSON. */
const MANIFEST: readonly Mutate<ManifestDraft>[] = [
  withEntry((random, entry) => {
    entry.Key = `prefix/${pick(random, KEYS)}`;
  }),
  withEntry((random, entry) => {
    entry.Key = pick(random, [...KEYS, '', null, 5]);
  }),
  withEntry((random, entry) => {
    entry.Size = pick(random, SIZES);
  }),
  withEntry((random, entry) => {
    entry.Size = pick(random, SIZES);
  }),
  withEntry((_, entry) => {
    delete entry.Size;
  }),
  withEntry((random, entry, { ResultFiles }) => {
    pick(random, listsOf(ResultFiles)).push({ ...entry });
  }),
  (random, manifest) => {
    manifest.DestinationBucket = pick(random, ['other', '', 7, null, undefined]);
    return 'another DestinationBucket';
  },
  (random, manifest) => {
    manifest.MapRunArn = pick(random, ['', ':', 'x', 7, undefined]);
    return 'another MapRunArn';
  },
  (random, { ResultFiles }) => {
    const list = pick(random, ['FAILED', 'PENDING', 'SUCCEEDED', 'TIMED_OUT', '__proto__', 'toString']);
    const content = pick<unknown>(random, [[], null, {}, 'x', undefined]);
    Object.defineProperty(ResultFiles, list, { value: content, enumerable: true, configurable: true });
    return `the list ${list} made ${JSON.stringify(content)}`;
  },
  (_, { ResultFiles }) => {
    for (const list of listsOf(ResultFiles)) list.reverse();
    return 'files in the other order';
  },
];

/** But for what has been put in the place of a list. */
function listsOf(resultFiles: ManifestDraft['ResultFiles']): Entry[][] {
  return Object.values(resultFiles).filter(Array.isArray);
}

function withEntry(
  edit: (random: Random, entry: Entry, manifest: ManifestDraft) => void,
): Mutate<ManifestDraft> {
  return (random, manifest) => {
    const lists = listsOf(manifest.ResultFiles).filter((list) => list.length > 0);
    if (lists.length === 0) return 'nothing';
    const entry = pick(random, pick(random, lists));
    const before = JSON.stringify(entry);
    edit(random, entry, manifest);
    return `${before} made ${JSON.stringify(entry)}`;
  };
}

/**
 * Does something to the files of a run, mostly; says what, in words.
 * @param manifestToo Whether to its manifest as well.
 */
export function mutate(random: Random, run: Run, manifestToo: boolean): { manifest: Buffer; done: string[] } {
  const done: string[] = [];
  const { files } = run;
  for (let left = pick(random, [0, 0, 0, 1, 1, 2, 3]); left > 0; left--) {
    const keys = [...files.keys()];
    const key = keys.length > 0 ? pick(random, keys) : undefined;
    const what = random();
    if (what < 0.3 && manifestToo) done.push(`manifest: ${pick(random, MANIFEST)(random, run.manifest)}`);
    else if (key !== undefined && what < 0.35) {
      files.delete(key);
      done.push(`${key}: removed`);
    } else if (key !== undefined) {
      const [bytes, words] = mutateBytes(random, files.get(key) ?? Buffer.alloc(0), [...files.values()]);
      files.set(key, bytes);
      done.push(`${key}: ${words}`);
    }
  }
  const manifest = Buffer.from(JSON.stringify(run.manifest));
  if (!manifestToo || !chance(random, 0.06)) return { manifest, done };
  const [bytes, words] = mutateBytes(random, manifest, [...files.values()]);
  return { manifest: bytes, done: [...done, `manifest: ${words}`] };
}
