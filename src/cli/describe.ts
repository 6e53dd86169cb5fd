import type { Summary } from '../aggregate.ts';
import type { Inspection } from '../inspect.ts';
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

function place(location: Location | undefined): string {
  return location ? formatLocation(location) : 'standard output';
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function lines(...texts: (string | false)[]): string[] {
  return texts.filter((text) => text !== false);
}
