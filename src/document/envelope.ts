import { MapRunResultsError } from '../errors.ts';
import type { Batch } from '../results/reader.ts';
import { toAscii } from './ascii.ts';

export interface DocumentOptions {
  readonly format: 'json' | 'jsonl';
  readonly resultsKey: string;
  readonly envelopeBefore: Readonly<Record<string, unknown>>;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly ascii: boolean;
}

/** An array, or lines, and nothing else. */
export function bareEnvelope(separator: ',' | '\n'): Envelope {
  const [head, tail] = separator === ',' ? ['[', ']'] : ['', ''];
  return {
    separator,
    head: Buffer.from(head),
    between: Buffer.alloc(0),
    tail: Buffer.from(tail),
    ascii: false,
  };
}

/** The document without its results, and how they are put into it. */
export interface Envelope {
  readonly separator: ',' | '\n';
  /** Before the results; between them and the failures, where there is such a member; after both. */
  readonly head: Buffer;
  readonly between: Buffer;
  readonly tail: Buffer;
  readonly ascii: boolean;
}

/**
 * For `json` `{…,"results":[`, `],"failures":[` and `],…}`; for `jsonl` nothing, but for the newlines.
 * @throws MapRunResultsError `InvalidOption` for a member that JSON cannot hold.
 */
export function makeEnvelope(options: DocumentOptions): Envelope {
  const { format, resultsKey, envelopeBefore, envelope, ascii } = options;
  const piece = (text: string) => (ascii ? toAscii(Buffer.from(text)) : Buffer.from(text));
  if (format === 'jsonl') return { ...bareEnvelope('\n'), ascii };
  const before = membersOf('envelopeBefore', envelopeBefore).map((member) => `${member},`);
  const after = membersOf('envelope', envelope).map((member) => `,${member}`);
  return {
    separator: ',',
    head: piece(`{${before.join('')}${JSON.stringify(resultsKey)}:[`),
    between: piece('],"failures":['),
    tail: piece(`]${after.join('')}}`),
    ascii,
  };
}

/**
 * Puts the batches into the envelope, each after its separator but for the first. A result file without results
 * gives no batch with any, and so leaves no trace. Lines each end in a newline, the last one as well.
 * @param failures Absent where the document has no such member.
 */
export async function* enclose(
  results: AsyncIterable<Batch>,
  failures: AsyncIterable<Batch> | undefined,
  envelope: Envelope,
): AsyncGenerator<Buffer, void, undefined> {
  if (envelope.head.length > 0) yield envelope.head;
  yield* separated(results, envelope);
  if (failures) {
    yield envelope.between;
    yield* separated(failures, envelope);
  }
  if (envelope.tail.length > 0) yield envelope.tail;
}

async function* separated(
  batches: AsyncIterable<Batch>,
  { separator, ascii }: Envelope,
): AsyncGenerator<Buffer, void> {
  const between = Buffer.from(separator);
  let first = true;
  for await (const { bytes, count } of batches) {
    if (count === 0) continue;
    if (!first) yield between;
    first = false;
    yield ascii ? toAscii(bytes) : bytes;
  }
  if (separator === '\n' && !first) yield between;
}

function membersOf(option: string, members: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(members).map(([name, value]) => {
    const text = toJson(value);
    if (text !== undefined) return `${JSON.stringify(name)}:${text}`;
    throw new MapRunResultsError('InvalidOption', `${option}.${name} must be something that JSON can hold`);
  });
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // A cycle, or a BigInt.
  }
}
