import { formatLocation, type Location } from '../storage/location.ts';
import { ElementParser } from './elements.ts';
import { type Frame, Framer } from './framer.ts';
import type { Limits } from './limits.ts';
import { type Element, Flaw, type OutputType, refusal, type Select } from './reader.ts';
import { isSpace, OPEN_BRACKET } from './syntax.ts';

/** How ResultWriter makes results of children's outputs, in AWS's words. */
export type Transformation = 'NONE' | 'COMPACT' | 'FLATTEN';

/** The form of a Map Run's SUCCEEDED files; one for all of them. Manifests do not tell it. */
export interface Form {
  readonly outputType: OutputType;
  /** Whether elements are execution records (NONE) or bare outputs (COMPACT, FLATTEN). */
  readonly elements: 'records' | 'outputs';
  /** Whether somebody said so. */
  readonly elementsAreGiven: boolean;
}

export interface GivenForm {
  readonly transformation: Transformation | 'auto';
  readonly outputType: OutputType | 'auto';
}

/**
 * Finds the form out, from the first file that has an element: the type by the file's extension or its first byte,
 * the elements by the first of them. Reads no further than that, and nothing at all where both are given.
 * @throws MapRunResultsError `ResultFileMalformed` where that element is broken, `LimitExceeded`.
 */
export async function detectForm(
  locations: readonly Location[],
  read: (location: Location) => AsyncIterable<Buffer>,
  given: GivenForm,
  limits: Limits,
): Promise<Form> {
  const { transformation } = given;
  const elementsAreGiven = transformation !== 'auto';
  const elements = elementsAreGiven && transformation !== 'NONE' ? 'outputs' : 'records';
  if (elementsAreGiven && given.outputType !== 'auto') {
    return { outputType: given.outputType, elements, elementsAreGiven };
  }
  for (const location of locations) {
    const first = await firstElement(location, read(location), given.outputType, limits);
    if (!first) continue;
    const { outputType, element } = first;
    if (elementsAreGiven) return { outputType, elements, elementsAreGiven };
    return { outputType, elements: element.members?.areOfRecord ? 'records' : 'outputs', elementsAreGiven };
  }
  // There is no element in any of them.
  const named = locations[0] && typeByExtension(locations[0]);
  return {
    outputType: given.outputType === 'auto' ? (named ?? 'JSON') : given.outputType,
    elements,
    elementsAreGiven,
  };
}

/** What of each element goes into the document: its output, or the whole of it. */
export function selectOf({ elements, elementsAreGiven }: Form, emit: 'output' | 'record'): Select {
  if (elements === 'records') return emit;
  return elementsAreGiven ? 'bare' : 'presumed';
}

interface First {
  readonly outputType: OutputType;
  readonly element: Element;
}

async function firstElement(
  location: Location,
  chunks: AsyncIterable<Buffer>,
  given: OutputType | 'auto',
  limits: Limits,
): Promise<First | undefined> {
  const refuse = refusal(location);
  let outputType = given === 'auto' ? typeByExtension(location) : given;
  let framer = outputType && new Framer(outputType, limits, refuse);
  let skipped = 0;

  const take = (frames: Iterable<Frame>): First | undefined => {
    for (const frame of frames) {
      try {
        const { value: element } = new ElementParser().elements(frame).next();
        if (outputType && element) return { outputType, element };
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
        throw refuse(error, frame.byteOffset + (frame.bounds[0] ?? 0), frame.resultNumber);
      }
    }
    return undefined;
  };

  for await (const chunk of chunks) {
    outputType ??= typeByFirstByte(chunk);
    if (!outputType) {
      skipped += chunk.length;
      continue;
    }
    framer ??= new Framer(outputType, limits, refuse, skipped);
    const first = take(framer.push(chunk));
    if (first) return first;
  }
  return framer && take(framer.end());
}

/** AWS names JSON Lines `.jsonl`; others have been seen to name them `.json`. */
function typeByExtension(location: Location): OutputType | undefined {
  return /\.jsonl$/i.test(formatLocation(location)) ? 'JSONL' : undefined;
}

function typeByFirstByte(bytes: Buffer): OutputType | undefined {
  const first = bytes.find((byte) => !isSpace(byte));
  return first === undefined ? undefined : first === OPEN_BRACKET ? 'JSON' : 'JSONL';
}
