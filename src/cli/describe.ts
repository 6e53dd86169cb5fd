import type { Summary } from '../aggregate.ts';
import type { CleanupReport } from '../cleanup.ts';
import type { Inspection } from '../inspect.ts';
import type { Leftover } from '../storage/leftovers.ts';
import { formatLocation, type Location } from '../storage/location.ts';
import { formatBytes, formatSeconds } from './progress.ts';

/** What was done, in two or three lines. */
export function describeSummary(summary: Summary): string[] {
  const { bucket, key, path, results, filesRead, bytesRead, bytesWritten, milliseconds, statuses } = summary;
  const where: Location | undefined =
    bucket !== undefined && key !== undefined ? { bucket, key } : path === undefined ? undefined : { path };
  const failures = Object.entries(statuses).filter(([status]) => status !== 'SUCCEEDED');
  return lines(
    `${counted(results, 'result')} from ${counted(filesRead, 'result file')} in ${place(where)}`,
    failures.length > 0 &&
      `not succeeded: ${failures.map(([status, count]) => `${count} ${status}`).join(', ')}`,
    `${formatBytes(bytesRead)} read, ${formatBytes(bytesWritten)} written, in ${formatSeconds(milliseconds / 1000)}`,
  );
}

/** What there is to do, in a few lines. */
export function describeInspection(inspection: Inspection): string[] {
  const { mapRunArn, resultFiles, outputType, elements, parts, partSize, memory, seconds, output } =
    inspection;
  const listed = Object.entries(resultFiles).map(
    ([status, { files, bytes }]) => `${status.padEnd(12)}${counted(files, 'file')}, ${formatBytes(bytes)}`,
  );
  return lines(
    mapRunArn !== undefined && `Map Run     ${mapRunArn}`,
    ...listed,
    `Form        ${outputType}, ${elements === 'records' ? 'execution records (NONE)' : 'bare outputs (COMPACT or FLATTEN)'}`,
    output !== undefined && `Document    ${place(output)}`,
    `Upload      ${counted(parts, 'part')} of ${formatBytes(partSize)} at most`,
    `Memory      about ${formatBytes(memory)}`,
    `Time        about ${formatSeconds(seconds)}`,
  );
}

/** One leftover, that was removed or only found. */
export function describeLeftover(leftover: Leftover, dryRun: boolean): string {
  const what =
    'uploadId' in leftover
      ? `${formatLocation(leftover)}, upload ${leftover.uploadId}, initiated ${leftover.initiated?.toISOString() ?? 'nobody knows when'}`
      : `${leftover.path}, ${formatBytes(leftover.bytes)}, last written ${leftover.modified.toISOString()}`;
  return `${dryRun ? 'found' : 'removed'} ${what}`;
}

/** How many there were. */
export function describeCleanup({ leftovers, younger }: CleanupReport, dryRun: boolean): string {
  const stay = younger > 0 ? `; ${counted(younger, 'younger one')} left alone` : '';
  return `${counted(leftovers.length, 'leftover')} ${dryRun ? 'found, none removed' : 'removed'}${stay}`;
}

function place(location: Location | undefined): string {
  return location ? formatLocation(location) : 'standard output';
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function lines(...texts: (string | false)[]): string[] {
  return texts.filter((text) => text !== false);
}
