import { Readable } from 'node:stream';
import { alone, Made } from './alone.ts';
import { plainOutputs } from './plain.ts';

await alone(async (chunks) => {
  const made = new Made();
  for await (const output of plainOutputs(Readable.from(chunks(), { objectMode: false })))
    made.add(Buffer.from(output));
  return made.work;
});
