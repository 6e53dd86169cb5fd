import { alone, Made } from './alone.ts';
import { requirePeer } from './peer.ts';

/** As much of `@streamparser/json` as is used here; it is installed only for the benchmark. */
interface StreamParser {
  readonly JSONParser: new (options: {
    paths: string[];
    keepStack: boolean;
    stringBufferSize: number;
  }) => {
    onValue: (parsed: { value: unknown }) => void;
    write(chunk: Buffer): void;
  };
}

await alone(async (chunks, _, { peers }) => {
  const { JSONParser } = requirePeer<StreamParser>(peers, '@streamparser/json');
  const made = new Made();
  // Strings as long as these are faster through a buffer than by concatenation.
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false, stringBufferSize: 64 * 1024 });
  parser.onValue = ({ value }) => {
    const { Output } = value as { Output: string };
    JSON.parse(Output);
    made.add(Buffer.from(Output));
  };
  for (const chunk of chunks()) parser.write(chunk);
  return made.work;
});
