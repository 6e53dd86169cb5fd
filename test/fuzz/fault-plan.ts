import { chance, pick, type Random, seeded } from '../support/random.ts';
import type { Operation } from '../support/s3-request.ts';

/** What goes wrong with a request. */
export type FaultKind =
  /** 503; 403; 404; 409; 412: in the server's place. */
  | 'unavailable'
  | 'denied'
  | 'gone'
  | 'conflict'
  | 'precondition'
  /** The connection breaks before the server hears of it; or once it has done what was asked. */
  | 'unheard'
  | 'lost'
  /** 200, and an error in the body. */
  | 'late'
  /** No answer ever. */
  | 'silent'
  /** Of a body: breaks, stalls, ends early; has a bit flipped, or more or less than was asked for, unannounced. */
  | 'reset'
  | 'stall'
  | 'short'
  | 'flip'
  | 'unranged'
  /** Of another version than was asked for. */
  | 'replaced'
  | 'unannounced';

export interface Fault {
  readonly kind: FaultKind;
  /** Where in the body, from 0 to below 1. */
  readonly at: number;
}

/** Each kind as often as it is here. */
const KINDS: Partial<Record<Operation, readonly FaultKind[]>> = {
  GetObject: [
    ...(['unavailable', 'unheard', 'silent', 'short', 'short', 'stall', 'stall'] as const),
    ...(['reset', 'reset', 'reset', 'reset', 'flip', 'unranged', 'unranged', 'replaced'] as const),
  ],
  HeadObject: ['unavailable', 'denied', 'unheard', 'lost'],
  PutObject: ['unavailable', 'denied', 'conflict', 'precondition', 'unheard', 'lost', 'lost', 'late'],
  CreateMultipartUpload: ['unavailable', 'denied', 'unheard', 'lost'],
  UploadPart: ['unavailable', 'denied', 'unheard', 'lost'],
  CompleteMultipartUpload: [
    'unavailable',
    'denied',
    'conflict',
    'precondition',
    'unheard',
    'lost',
    'lost',
    'late',
  ],
  AbortMultipartUpload: ['unavailable', 'denied', 'unheard', 'lost'],
};
const FATAL: readonly FaultKind[] = ['denied', 'gone', 'precondition', 'unannounced'];

/** After these an object is asked for again, and nothing is lost. */
const RESUMED: readonly FaultKind[] = ['unavailable', 'unheard', 'silent', 'short', 'stall', 'reset'];

export interface FaultRates {
  /** Of requests. */
  readonly rate: number;
  /** Of those of reading, for what cannot be survived. */
  readonly fatal: number;
  /** Whether S3 has checksums of whole objects; without them a flipped bit is not seen. */
  readonly checksums: boolean;
  /** The number of the request, from 1, at which the caller aborts. */
  readonly abortAt: number | undefined;
  readonly readAttempts: number;
}

/** Says what goes wrong. The same request always fares the same, whatever is under way beside it. */
export class FaultPlan {
  readonly rates: FaultRates;
  readonly signal: AbortSignal;
  /** What went wrong, in words. */
  readonly injected: string[] = [];
  /** Uploads that may be left: whose id was not told, or whose abort was not done. */
  leftovers = 0;
  readonly #seed: number;
  readonly #caller = new AbortController();
  readonly #counts = new Map<string, number>();
  readonly #resumptions = new Map<string, number>();
  #requests = 0;
  #survivable = true;

  constructor(random: Random, rates: FaultRates) {
    this.rates = rates;
    this.#seed = random() * 2 ** 32;
    this.signal = this.#caller.signal;
  }

  /** Whether the job must succeed in spite of everything so far. */
  get isSurvivable(): boolean {
    const most = Math.max(0, ...this.#resumptions.values());
    return this.#survivable && !this.signal.aborted && most < this.rates.readAttempts;
  }

  /** What goes wrong with this request. */
  next(operation: Operation, key: string, part?: number): Fault | undefined {
    if (++this.#requests === this.rates.abortAt) {
      this.injected.push(`aborted by the caller at request ${this.#requests}, ${operation}`);
      this.#caller.abort();
    }
    const what = `${operation} ${key}${part === undefined ? '' : ` part ${part}`}`;
    const call = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, call);
    const random = seeded(hash(`${this.#seed} ${what} ${call}`));
    const kind = this.#draw(operation, random);
    if (!kind) return undefined;

    this.injected.push(`${what}, call ${call}: ${kind}`);
    const makes = operation === 'PutObject' || operation === 'CompleteMultipartUpload';
    if (operation === 'GetObject' && RESUMED.includes(kind))
      this.#resumptions.set(key, (this.#resumptions.get(key) ?? 0) + 1);
    else if (!(makes && kind === 'lost')) this.#survivable = false;
    if (operation === 'AbortMultipartUpload' && kind !== 'lost') this.leftovers++;
    if (operation === 'CreateMultipartUpload' && kind === 'lost') this.leftovers++;
    return { kind, at: random() };
  }

  #draw(operation: Operation, random: Random): FaultKind | undefined {
    const { rate, fatal, checksums } = this.rates;
    if (operation === 'GetObject' && chance(random, fatal)) return pick(random, FATAL);
    if (!chance(random, rate)) return undefined;
    const kind = pick(random, KINDS[operation] ?? []);
    return kind === 'flip' && !checksums ? undefined : kind;
  }
}

/** FNV-1a */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
