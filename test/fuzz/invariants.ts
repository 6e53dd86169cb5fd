import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type ErrorName, MapRunResultsError, type Summary } from '../../src/index.ts';
import type { Case } from './case.ts';
import type { FaultPlan } from './fault-plan.ts';
import { Thrown } from './job-options.ts';
import type { Verdict } from './oracle.ts';

/** What a case came to. */
export interface Happened {
  readonly summary?: Summary;
  readonly error?: unknown;
  readonly before: ReadonlyMap<string, Buffer>;
  readonly after: ReadonlyMap<string, Buffer>;
  /** What was written to a stream. */
  readonly written: Buffer | undefined;
  readonly leftOpen: readonly string[];
  readonly unfinishedUploads: readonly string[];
  readonly unhandled: readonly unknown[];
}

/** Names of errors that the input alone can lead to, and others. */
const NAMES: Readonly<Record<ErrorName, 'input' | 'else'>> = {
  InvalidEvent: 'else',
  InvalidOption: 'input',
  ManifestNotFound: 'else',
  ManifestMalformed: 'input',
  MapRunIncomplete: 'input',
  DestinationIsInput: 'input',
  DestinationExists: 'input',
  DestinationConflict: 'else',
  ResultFileNotFound: 'input',
  ResultFileChanged: 'else',
  ResultFileMalformed: 'input',
  LimitExceeded: 'input',
  CountsDiffer: 'input',
  ReadFailed: 'else',
  WriteFailed: 'else',
  DeadlineExceeded: 'else',
  CleanupFailed: 'else',
  AbortError: 'else',
};

/** What of that must not be, in words. */
export function violations(drawn: Case, verdict: Verdict, happened: Happened): string[] {
  const { leftOpen, unhandled, error, summary } = happened;
  return [
    ...leftOpen.map((what) => `left open: ${what}`),
    ...unhandled.map((reason) => `unhandled rejection: ${reason instanceof Error ? reason.stack : reason}`),
    ...uploads(drawn, happened),
    ...objects(drawn, verdict, happened),
    ...(summary ? success(drawn, verdict, summary, happened) : failure(drawn, verdict, error)),
  ];
}

function uploads({ plan }: Case, { unfinishedUploads, error }: Happened): string[] {
  const left = unfinishedUploads.length;
  if (left > plan.leftovers) return [`${left} unfinished uploads, of which ${plan.leftovers} may be`];
  const isTold = error instanceof MapRunResultsError && unfinishedUploads.includes(error.uploadId ?? '');
  const isKnown = !plan.injected.some((what) => /^CreateMultipartUpload.*: lost$/.test(what));
  return left > 0 && isKnown && !isTold ? ['an unfinished upload that the error does not name'] : [];
}

/** Only what was to be written is there and was not before, and it is whole and right. */
function objects({ output, toStream, rerun }: Case, verdict: Verdict, { before, after }: Happened): string[] {
  const isDefault = output === undefined && !toStream;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    if (is && was?.equals(is)) return [];
    if (!is) return [`${key} is gone`];
    if (key === rerun && verdict.isRerun(is)) return [];
    const mayBe =
      key === output || (isDefault && /^prefix\/.*\/(results|doc)\.json$|^doc\.json\.gz$/.test(key));
    if (!mayBe) return [`${key} was written: ${excerpt(is)}`];
    return isRight(verdict, is) ? [] : [`what is at ${key} is not right: ${difference(verdict, is)}`];
  });
}

function success(
  { output, toStream, plan, place }: Case,
  verdict: Verdict,
  summary: Summary,
  happened: Happened,
): string[] {
  if (verdict.refused !== undefined) return [`it succeeded, though ${verdict.refused}`];
  const { key = output ?? '', bytesWritten, results, statuses } = summary;
  const bytes = toStream ? happened.written : happened.after.get(key);
  if (!bytes || !isRight(verdict, bytes)) return [`it succeeded with ${bytes && difference(verdict, bytes)}`];
  const { right } = verdict;
  const isCounted = right?.results === results && isDeepStrictEqual(right.statuses, { ...statuses });
  return [
    ...(bytes.length === bytesWritten ? [] : [`${bytesWritten} bytes written instead of ${bytes.length}`]),
    ...(right && !isCounted
      ? [
          `counted ${results}, ${JSON.stringify(statuses)} instead of ${right.results}, ${JSON.stringify(right.statuses)}`,
        ]
      : []),
    ...(isCalm(place, plan) && summary.resumptions > 0 ? ['a resumption of nothing'] : []),
  ];
}

function failure({ plan, options, place, counts }: Case, verdict: Verdict, error: unknown): string[] {
  const words = error instanceof Error ? error.stack : String(error);
  if (error instanceof Thrown) return options.map || options.onProgress ? [] : ['an error out of nothing'];
  if (!(error instanceof MapRunResultsError)) return [`an error of no known kind: ${words}`];
  const kind = NAMES[error.name];
  if (!kind) return [`an unknown name: ${words}`];
  if (error.name === 'DeadlineExceeded') return options.timeLimit ? [] : [`no deadline: ${words}`];
  if (error.name === 'AbortError') return plan.signal.aborted ? [] : [`nobody aborted: ${words}`];
  const mayFail = plan.injected.length > 0 || place === 'HTTP' || (options.verifyCounts && counts === 'none');
  if (!mayFail && kind !== 'input') return [`nothing failed: ${words}`];
  const mustSucceed = verdict.right && (place === 'HTTP' ? isCalm(place, plan) : plan.isSurvivable);
  return mustSucceed ? [`it should succeed: ${words}`] : [];
}

/** Whether nothing went wrong. With a stallTimeout in real time, an answer that is slow may be taken for none. */
function isCalm(place: Case['place'], { injected, rates }: FaultPlan): boolean {
  return injected.length === 0 && !(place === 'HTTP' && rates.rate > 0);
}

function isRight({ right, unknown }: Verdict, bytes: Buffer): boolean {
  if (!right) return unknown !== undefined;
  return right.document.equals(contentOf(bytes));
}

/** Of what is compressed, what was. */
function contentOf(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
}

function difference({ right, refused }: Verdict, bytes: Buffer): string {
  if (!right) return `${excerpt(bytes)}, though ${refused}`;
  const is = contentOf(bytes);
  const at = right.document.findIndex((byte, index) => byte !== is[index]);
  const from = Math.max(0, (at === -1 ? right.document.length : at) - 40);
  return `${excerpt(is.subarray(from))} instead of ${excerpt(right.document.subarray(from))}, from byte ${from}`;
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString().slice(0, 300));
}
