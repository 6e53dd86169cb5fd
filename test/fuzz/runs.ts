import type { Transformation } from '../../src/results/form.ts';
import type { OutputType } from '../../src/results/reader.ts';
import { executionRecord } from '../support/consignment.ts';
import { OUTPUT_TYPES, TRANSFORMATIONS } from '../support/forms.ts';
import { MAP_RUN_ID } from '../support/map-run.ts';
import { between, chance, pick, type Random, several } from '../support/random.ts';
import { jsonString, jsonText, nested } from './json-text.ts';

export interface Entry {
  Key: unknown;
  Size?: unknown;
}

/** A manifest before it is written; what ResultWriter would never write can be put into it. */
export interface ManifestDraft {
  DestinationBucket?: unknown;
  MapRunArn?: unknown;
  ResultFiles: Record<string, Entry[]>;
}

/** A Map Run as it may be left on S3, right so far. */
export interface Run {
  readonly transformation: Transformation;
  readonly outputType: OutputType;
  readonly manifestKey: string;
  readonly manifest: ManifestDraft;
  /** Result files by their keys. */
  readonly files: Map<string, Buffer>;
}

/** In bytes: what one S3 object of 10,000 parts of 5 GiB holds. */
export const MAX_SIZE_TAKEN = 10_000 * 5 * 1024 ** 3;

/** @param size How large its results are; several `large` ones take a multipart upload. */
export function makeRun(random: Random, bucket: string, size: 'small' | 'large'): Run {
  const transformation = pick(random, TRANSFORMATIONS);
  const outputType = pick(random, OUTPUT_TYPES);
  const redrive = chance(random, 0.2) ? `Redrive-${between(random, 1, 3)}/` : '';
  const root = `prefix/run/${MAP_RUN_ID}/`;
  const extension = outputType === 'JSONL' && !chance(random, 0.3) ? 'jsonl' : 'json';
  const files = new Map<string, Buffer>();
  const list = (status: string, folder: string, most: number, element: () => string): Entry[] =>
    several(random, 0, most, (index) => {
      const least = size === 'large' && status === 'SUCCEEDED' ? 3 : 0;
      const content = Buffer.from(fileOf(random, several(random, least, 6, element), outputType));
      const Key = `${root}${folder}${status}_${index}.${extension}`;
      files.set(Key, content);
      return { Key, Size: content.length };
    });

  const output = () => (size === 'large' ? largeText(random) : smallText(random));
  const succeeded = () => {
    if (transformation === 'NONE') return recordOf(random, output());
    return output();
  };
  const failures = chance(random, 0.35);
  const manifest: ManifestDraft = {
    DestinationBucket: bucket,
    MapRunArn: `arn:aws:states:eu-west-2:000000000000:mapRun:machine/state:${MAP_RUN_ID}`,
    ResultFiles: {
      FAILED: failures ? list('FAILED', redrive, 2, () => failedRecord(random)) : [],
      PENDING: failures ? list('PENDING', redrive, 1, () => pendingRecord(random)) : [],
      SUCCEEDED: [
        ...list('SUCCEEDED', '', size === 'large' ? 3 : 4, succeeded),
        ...(redrive ? list('SUCCEEDED', redrive, 2, succeeded) : []),
      ],
    },
  };
  return { transformation, outputType, manifestKey: `${root}${redrive}manifest.json`, manifest, files };
}

function smallText(random: Random): string {
  return chance(random, 0.01) ? nested(random, pick(random, [20, 999, 1000])) : jsonText(random);
}

function largeText(random: Random): string {
  return chance(random, 0.2)
    ? jsonText(random)
    : `"${pick(random, ['x', 'x', 'é']).repeat(between(random, 1, 2_000_000))}"`;
}

/** An execution record around an Output. */
function recordOf(random: Random, output: string): string {
  const Output = jsonString(random, output);
  switch (between(random, 0, 7)) {
    case 0:
      return `{"Output":${Output}}`;
    case 1:
      return `{ "Status": "SUCCEEDED", "\\u004futput": ${Output} }`;
    case 2:
      return `{"Output":"0","ExecutionArn":"arn","Output":${Output}}`;
    default:
      return JSON.stringify(executionRecord(output, jsonText(random)));
  }
}

function failedRecord(random: Random): string {
  const { Output: _, ...record } = executionRecord('', inputText(random));
  const Status = pick(random, ['FAILED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'constructor', '__proto__']);
  return JSON.stringify({ ...record, Cause: jsonText(random), Error: 'Oops', Status });
}

function pendingRecord(random: Random): string {
  return JSON.stringify({
    Input: inputText(random),
    InputDetails: { Included: true },
    Status: 'PENDING',
  });
}

function inputText(random: Random): string {
  if (!chance(random, 0.4)) return jsonText(random);
  const items = several(random, 0, 3, () => jsonText(random, 1)).join(',');
  return chance(random, 0.5)
    ? `{"BatchInput":${jsonText(random, 1)},"Items":[${items}]}`
    : `{"Items":[${items}]}`;
}

function fileOf(random: Random, elements: readonly string[], outputType: OutputType): string {
  const space = () => (chance(random, 0.03) ? pick(random, [' ', '\n', '\r\n\t']) : '');
  if (outputType === 'JSON')
    return `${space()}[${elements.map((text) => space() + text + space()).join(',')}]${space()}`;
  const lines = elements.map((text) => `${space()}${text}${chance(random, 0.03) ? ' ' : ''}`).join('\n');
  return lines === '' || chance(random, 0.05) ? lines : `${lines}\n`;
}
