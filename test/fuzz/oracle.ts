import { isDeepStrictEqual } from 'node:util';
import { type JobOptions, Thrown } from './job-options.ts';
import {
  decode,
  depthOf,
  elementTexts,
  isJson,
  parse,
  Refused,
  toAscii,
  Unknown,
  withoutHalves,
} from './oracle-text.ts';
import { MAX_SIZE_TAKEN } from './runs.ts';

/** What there is for a job, as it is stored. */
export interface Inputs {
  readonly bucket: string;
  readonly manifestKey: string;
  readonly manifest: Buffer;
  readonly files: ReadonlyMap<string, Buffer>;
  /** Keys of what is written: the document, unless that goes elsewhere, and the rerun list. */
  readonly output: string | undefined;
  readonly rerun: string | undefined;
}

/** What must come of it, if nothing else goes wrong. */
export interface Verdict {
  /** What must be refused, and why. */
  readonly refused?: string;
  /** Why it cannot be told. */
  readonly unknown?: string;
  readonly right?: Right;
  /** Whether these bytes are the rerun list; there may be one even where the document is refused. */
  readonly isRerun: (bytes: Buffer) => boolean;
}

export interface Right {
  readonly document: Buffer;
  readonly results: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Elements of the SUCCEEDED files, and of all. */
  readonly succeeded: number;
  readonly all: number;
}

interface Element {
  readonly text: string;
  readonly value: unknown;
  readonly key: string;
  readonly resultNumber: number;
}
type Members = Readonly<Record<string, unknown>>;

const TDR = {
  ascii: true,
  envelope: { statuses: { statuses: [] }, redactedResults: { redactedFiles: [], errors: [] } },
};
const RECORD =
  /^(Cause|Error|ExecutionArn|Input|InputDetails|Name|Output|OutputDetails|Redrive(Count|Date|Status|StatusReason)|StartDate|StateMachineArn|Status|StopDate)$/;

/** The same work, done in the simplest way: everything in memory, by JSON.parse. It shares nothing with the real one. */
export function judge(inputs: Inputs, options: JobOptions): Verdict {
  const oracle = new Oracle(inputs, options);
  const isRerun = (bytes: Buffer) => {
    const is = attempt(() => oracle.isRerun(bytes));
    return is === true || is instanceof Unknown;
  };
  const right = attempt(() => oracle.right());
  if (right instanceof Unknown) return { unknown: right.message, isRerun };
  return right instanceof Error ? { refused: right.message, isRerun } : { right, isRerun };
}

function attempt<T>(make: () => T): T | Refused | Unknown | Thrown {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refused || error instanceof Unknown || error instanceof Thrown) return error;
    throw error;
  }
}

class Oracle {
  readonly #inputs: Inputs;
  readonly #options: JobOptions;
  /** Whether result files are looked for where there are none. */
  #isElsewhere = false;

  constructor(inputs: Inputs, options: JobOptions) {
    this.#inputs = inputs;
    this.#options = { ...(options.preset ? TDR : {}), ...options };
  }

  right(): Right {
    const {
      failures = 'error',
      format = 'json',
      emit,
      transformation = 'auto',
      verifyCounts,
      ascii,
    } = this.#options;
    const { envelope = {}, envelopeBefore = {}, resultsKey = 'results', map } = this.#options;
    if (
      format === 'jsonl' &&
      (failures === 'append' || Object.keys({ ...envelope, ...envelopeBefore }).length > 0)
    )
      throw new Refused('jsonl has nothing but results');
    if (verifyCounts && transformation === 'FLATTEN') throw new Refused('FLATTEN cannot be counted');
    if (emit === 'record' && transformation !== 'auto' && transformation !== 'NONE')
      throw new Refused('no records');

    const lists = this.#lists();
    const others = [...lists.FAILED, ...lists.PENDING];
    if (failures === 'error' && others.length > 0) throw new Refused('items that did not succeed');
    if (failures === 'error' && this.#inputs.rerun !== undefined) throw new Refused('a rerun of nothing');

    const succeeded = this.#elements(lists.SUCCEEDED);
    const first = succeeded[0]?.value;
    const records =
      transformation === 'NONE' || (transformation === 'auto' && (succeeded.length === 0 || isRecord(first)));
    if (emit === 'record' && !records) throw new Refused('no records');
    if (verifyCounts && !records && transformation !== 'COMPACT') throw new Refused('perhaps FLATTEN');
    const results = succeeded.flatMap((element) => {
      if (!records && transformation === 'auto' && isRecord(element.value)) throw new Refused('a record');
      const text = records ? this.#outputOf(element, emit === 'record') : element.text;
      const { key, resultNumber } = element;
      if (!map) return [withoutHalves(text)];
      const made = map(JSON.parse(text), { file: { bucket: this.#inputs.bucket, key }, resultNumber });
      const changed = this.#anew(made, text);
      return changed === undefined ? [] : [changed];
    });

    const failed = this.#failed(others);
    const statuses = new Map([['SUCCEEDED', succeeded.length]]);
    for (const { Status } of failed.map(({ record }) => record))
      statuses.set(String(Status), (statuses.get(String(Status)) ?? 0) + 1);
    const unfolded =
      failures === 'append' ? failed.map(({ record, text }) => this.#unfold(record, text)) : [];
    if (this.#inputs.rerun !== undefined) for (const { record } of failed) this.#input(record);

    const members = (some: object) =>
      Object.entries(some).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const document =
      format === 'jsonl'
        ? results.map((text) => `${onOneLine(text)}\n`).join('')
        : `{${[
            ...members(envelopeBefore),
            `${JSON.stringify(resultsKey)}:[${results.join(',')}]`,
            ...(failures === 'append' ? [`"failures":[${unfolded.join(',')}]`] : []),
            ...members(envelope),
          ].join(',')}}`;
    return {
      document: Buffer.from(ascii ? toAscii(document) : document),
      results: results.length,
      statuses: Object.fromEntries(statuses),
      succeeded: succeeded.length,
      all: succeeded.length + failed.length,
    };
  }

  /** The manifest's keys by status. */
  #lists(): Record<'SUCCEEDED' | 'FAILED' | 'PENDING', string[]> {
    const { manifest, bucket } = this.#inputs;
    const document = parse(decode(manifest, { ignoreBOM: false }));
    if (!isObject(document) || !isObject(document.ResultFiles)) throw new Refused('no manifest');
    const { DestinationBucket, MapRunArn, ResultFiles } = document;
    for (const text of [DestinationBucket, MapRunArn])
      if (text !== undefined && typeof text !== 'string') throw new Refused('no text');
    if (this.#options.verifyCounts && MapRunArn === undefined) throw new Refused('nothing to count by');
    if (!Array.isArray(ResultFiles.SUCCEEDED)) throw new Refused('no list');
    const lists = { SUCCEEDED: [] as string[], FAILED: [] as string[], PENDING: [] as string[] };
    let size = 0;
    for (const [status, list] of Object.entries(ResultFiles)) {
      if (!Object.hasOwn(lists, status) || !(Array.isArray(list) || list === null))
        throw new Refused('no list');
      for (const entry of list ?? []) {
        if (!isObject(entry) || typeof entry.Key !== 'string' || entry.Key === '')
          throw new Refused('no key');
        const { Size = 0 } = entry;
        if (!Number.isSafeInteger(Size) || Number(Size) < 0) throw new Refused('no size');
        lists[status as keyof typeof lists].push(entry.Key);
        if (status === 'SUCCEEDED' || this.#options.failures === 'append') size += Number(Size);
      }
    }
    const keys = Object.values(lists).flat();
    if (new Set(keys).size < keys.length) throw new Refused('a key twice');
    const written = [this.#inputs.output, this.#inputs.rerun].filter((key) => key !== undefined);
    const all = [...keys, this.#inputs.manifestKey, ...written];
    if (new Set(all).size < all.length) throw new Refused('something would be written over');
    if (size > MAX_SIZE_TAKEN) throw new Refused('more than an object holds');
    if (size * 3 + 1e6 > MAX_SIZE_TAKEN) throw new Unknown('almost more than an object holds');
    this.#isElsewhere = Boolean(
      this.#options.followDestinationBucket && DestinationBucket && DestinationBucket !== bucket,
    );
    return lists;
  }

  #elements(keys: readonly string[]): Element[] {
    const { maxDepth = 1000, maxResultBytes = 64 * 1024 ** 2 } = this.#options;
    const outputType = this.#typeOf(keys);
    return keys.flatMap((key) =>
      elementTexts(this.#file(key), outputType).map((text, index) => {
        if (depthOf(text) > maxDepth || Buffer.byteLength(text) > maxResultBytes)
          throw new Refused('too much');
        return { text, value: JSON.parse(text), key, resultNumber: index + 1 };
      }),
    );
  }

  #typeOf(keys: readonly string[]): 'JSON' | 'JSONL' {
    const { outputType = 'auto' } = this.#options;
    if (outputType !== 'auto') return outputType;
    for (const key of keys) {
      const byte = this.#file(key).find((byte) => !' \t\r\n'.includes(String.fromCharCode(byte)));
      const type = /\.jsonl$/i.test(key) ? 'JSONL' : byte === 0x5b ? 'JSON' : 'JSONL';
      if (byte !== undefined && elementTexts(this.#file(key), type).length > 0) return type;
    }
    return /\.jsonl$/i.test(keys[0] ?? '') ? 'JSONL' : 'JSON';
  }

  #file(key: string): Buffer {
    const bytes = this.#inputs.files.get(key);
    if (!bytes || this.#isElsewhere) throw new Refused('a missing file');
    return bytes;
  }

  #outputOf({ text, value }: Element, whole: boolean): string {
    if (!isObject(value) || typeof value.Output !== 'string') throw new Refused('no Output');
    if (!isJson(value.Output)) throw new Refused('an Output that is not JSON');
    this.#refuseDeep(value.Output);
    return whole ? text : value.Output;
  }

  #unfold(record: Members, text: string): string {
    const members = Object.entries(record).map(([name, value]) => {
      const folded = (name === 'Input' || name === 'Output') && typeof value === 'string' && isJson(value);
      if (folded) this.#refuseDeep(value);
      return `${JSON.stringify(name)}:${folded ? withoutHalves(value) : this.#anew(value, text)}`;
    });
    return `{${members.join(',')}}`;
  }

  isRerun(bytes: Buffer): boolean {
    const { FAILED, PENDING } = this.#lists();
    const lines = /\.jsonl$/i.test(this.#inputs.rerun ?? '');
    const inputs = this.#failed([...FAILED, ...PENDING]).map(({ record }) => this.#input(record));
    if (this.#options.rerunItems) {
      const values = inputs.map((text) => JSON.parse(text));
      const items = values.flatMap((input) => (isBatch(input) ? input.Items : [input]));
      const json = lines ? `[${bytes.toString().split('\n').slice(0, -1).join(',')}]` : bytes.toString();
      return isDeepStrictEqual(JSON.parse(json), items);
    }
    return (
      `${bytes}` === (lines ? inputs.map((text) => `${onOneLine(text)}\n`).join('') : `[${inputs.join(',')}]`)
    );
  }

  /** The records of items that did not succeed. */
  #failed(keys: readonly string[]): { text: string; record: Members }[] {
    return this.#elements(keys).map(({ text, value }) => {
      if (!isObject(value) || typeof value.Status !== 'string') throw new Refused('no record with a Status');
      if (value.Status === 'SUCCEEDED') throw new Refused('a result among the failures');
      return { text, record: value };
    });
  }

  #input({ Input }: Members): string {
    if (typeof Input !== 'string' || !isJson(Input)) throw new Refused('no Input');
    this.#refuseDeep(Input);
    return withoutHalves(Input);
  }

  #refuseDeep(json: string): void {
    if (depthOf(json) > (this.#options.maxDepth ?? 1000)) throw new Refused('too deep inside');
  }

  /** @throws Refused for what JSON cannot hold; Unknown where the stack may not do for it. */
  #anew(value: unknown, text: string): string | undefined {
    if (depthOf(text) > 1000) throw new Unknown('deep');
    try {
      if (value instanceof Promise) throw new TypeError('a promise');
      return JSON.stringify(value);
    } catch (error) {
      throw new Refused(String(error));
    }
  }
}

function isRecord(value: unknown): boolean {
  if (!isObject(value) || !Object.keys(value).every((name) => RECORD.test(name))) return false;
  return typeof value.Output === 'string' || Object.hasOwn(value, 'ExecutionArn');
}

function isBatch(input: unknown): input is { Items: unknown[] } {
  if (!isObject(input) || !Array.isArray(input.Items)) return false;
  return Object.keys(input).every((name) => name === 'Items' || name === 'BatchInput');
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function onOneLine(json: string): string {
  return json.replace(/[\r\n]/g, ' ');
}
