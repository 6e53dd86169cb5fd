import { executionRecord } from './consignment.ts';

/** A Map Run's files as ResultWriter leaves them: keys, and what is in them. */
export interface MapRunFiles {
  readonly manifestKey: string;
  readonly files: ReadonlyMap<string, string>;
}

export interface MapRunShape {
  /** The texts of the Outputs, file by file. */
  readonly succeeded: readonly (readonly string[])[];
  /** What a result file holds, instead of execution records of those texts. */
  readonly content?: (outputs: readonly string[]) => string;
  /** Of result files; default json. */
  readonly extension?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly failed?: readonly string[];
  readonly pending?: readonly string[];
}

export const MAP_RUN_ID = '81027ddd-df08-4c6e-b442-257822745e9c';

/** A result file of type NONE/JSON: one line, no newline. */
export function recordsFile(outputs: readonly string[]): string {
  return JSON.stringify(outputs.map((output) => executionRecord(output)));
}

export function mapRun(shape: MapRunShape): MapRunFiles {
  const { succeeded, content = recordsFile, bucket = 'bucket', extension = 'json' } = shape;
  const { prefix = 'consignment/run/results.json' } = shape;
  const root = `${prefix}/${MAP_RUN_ID}`;
  const files = new Map<string, string>();
  const list = (status: string, contents: readonly string[]) =>
    contents.map((content, index) => {
      const key = `${root}/${status}_${index}.${extension}`;
      files.set(key, content);
      return { Key: key, Size: Buffer.byteLength(content) };
    });
  const manifest = {
    DestinationBucket: bucket,
    MapRunArn: `arn:aws:states:eu-west-2:000000000000:mapRun:TDRBackendChecks/MapState:${MAP_RUN_ID}`,
    ResultFiles: {
      FAILED: list('FAILED', shape.failed ?? []),
      PENDING: list('PENDING', shape.pending ?? []),
      SUCCEEDED: list('SUCCEEDED', succeeded.map(content)),
    },
  };
  const manifestKey = `${root}/manifest.json`;
  files.set(manifestKey, JSON.stringify(manifest));
  return { manifestKey, files };
}
