import { resolveOptions } from '../../../src/options.ts';
import type { Reader } from '../../../src/results/reader.ts';
import { READERS } from '../../../src/results/readers.ts';
import { alone, Made } from './alone.ts';

/** Which there are is found out when it runs. */
const readers: Readonly<Record<string, Reader>> = READERS;

await alone(async (chunks, _, { path, lines, reader = '' }) => {
  const read = readers[reader];
  if (!read) throw new Error(`no reader ${reader}`);
  const { limits } = resolveOptions({ manifest: path, output: lines });
  const made = new Made();
  async function* source() {
    yield* chunks();
  }
  const reading = { outputType: 'JSON', select: 'output', separator: ',', limits } as const;
  for await (const { bytes, count } of read(source(), { path }, reading)) made.add(bytes, count);
  return made.work;
});
