import type { Transformation } from '../../src/results/form.ts';
import type { OutputType } from '../../src/results/reader.ts';
import { executionRecord } from './consignment.ts';

export const TRANSFORMATIONS: readonly Transformation[] = ['NONE', 'COMPACT', 'FLATTEN'];
export const OUTPUT_TYPES: readonly OutputType[] = ['JSON', 'JSONL'];

/** A result file as ResultWriter makes it of its children's outputs. */
export function resultFile(
  outputs: readonly unknown[],
  transformation: Transformation,
  outputType: OutputType,
): string {
  const elements = elementsOf(outputs, transformation).map((element) => JSON.stringify(element));
  return outputType === 'JSON'
    ? `[${elements.join(',')}]`
    : elements.map((element) => `${element}\n`).join('');
}

/** What must be in the document of such a file. */
export function resultsOf(outputs: readonly unknown[], transformation: Transformation): readonly unknown[] {
  return transformation === 'FLATTEN' ? outputs.flat() : outputs;
}

function elementsOf(outputs: readonly unknown[], transformation: Transformation): readonly unknown[] {
  if (transformation === 'NONE') return outputs.map((output) => executionRecord(JSON.stringify(output)));
  return resultsOf(outputs, transformation);
}
