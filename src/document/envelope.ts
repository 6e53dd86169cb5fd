import { MapRunResultsError } from '../errors.ts';
import type { Batch } from '../results/reader.ts';

const COMMA = Buffer.from(',');

/** The document without its results. */
export interface Envelope {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/**
 * `{"results":[ … ]`, then the members, then `}`.
 * @throws MapRunResultsError `InvalidOption` for a member that JSON cannot hold.
 */
export function makeEnvelope(members: Readonly<Record<string, unknown>>): Envelope {
  const texts = Object.entries(members).map(([name, value]) => {
    const text = toJson(value);
    if (text !== undefined) return `,${JSON.stringify(name)}:${text}`;
    throw new MapRunResultsError('InvalidOption', `envelope.${name} must be something that JSON can hold`);
  });
  return { head: Buffer.from('{"results":['), tail: Buffer.from(`]${texts.join('')}}`) };
}

/** Puts the batches into the envelope. A result file without results gives no batch, and so leaves no trace. */
export async function* enclose(
  batches: AsyncIterable<Batch>,
  { head, tail }: Envelope,
): AsyncGenerator<Buffer, void, undefined> {
  yield head;
  let first = true;
  for await (const { bytes } of batches) {
    if (!first) yield COMMA;
    first = false;
    yield bytes;
  }
  yield tail;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // A cycle, or a BigInt.
  }
}
