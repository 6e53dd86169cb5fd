import type { Readable } from 'node:stream';
import chain from 'stream-chain';
import { parser } from 'stream-json';
import { streamArray } from 'stream-json/streamers/stream-array.js';

/** The texts of the Outputs of a file of execution records, once they are known to be JSON. */
export function plainOutputs(file: Readable): AsyncIterable<string> {
  return chain([
    file,
    parser(),
    streamArray(),
    ({ value }: { value: unknown }) => {
      const { Output } = value as { Output: string };
      JSON.parse(Output);
      return Output;
    },
  ]) as AsyncIterable<string>;
}
