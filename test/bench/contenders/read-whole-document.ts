import { PLAIN } from '../fixtures/elements.ts';
import { alone, Made } from './alone.ts';
import { wholeResults } from './whole.ts';

await alone(async (_, bytes) => {
  const results = wholeResults(bytes.toString(), PLAIN);
  const made = new Made();
  made.add(Buffer.from(JSON.stringify(results)).subarray(1, -1), results.length);
  return made.work;
});
