import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Report, Work } from '../contenders/job.ts';
import { READERS } from '../contenders/readers.ts';
import { type FixtureFile, makeFixtures } from '../fixtures/fixtures.ts';
import { measure } from '../measure.ts';
import { contenderNamed, type Open } from './stage.ts';

const [NEWLINE, COMMA] = [0x0a, 0x2c];

/** A result file on this machine; readers make the texts of its Outputs, which are checked to the byte. */
export const alone: Open = async ({ kind }, size, { seed, peers }) => {
  const { files, results, documentBytes } = makeFixtures({ size, files: 1, seed, kind });
  const [file] = files as [FixtureFile];
  const expected = { bytesIn: file.bytes, results, ...total(file.outputs()) };
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const job = { path: join(folder, 'SUCCEEDED_0.json'), lines: join(folder, 'lines'), peers: resolve(peers) };
  write(job.path, file.content());

  return {
    facts: { size, bytes: file.bytes, results, documentBytes },
    contenders: READERS,
    async run(name, flags) {
      const { command, printsLines } = contenderNamed(READERS, name);
      rmSync(job.lines, { force: true });
      const output = printsLines ? openSync(job.lines, 'w') : 'pipe';
      const { stdout, ...seen } = await measure(command(job, flags), output);
      if (output !== 'pipe') closeSync(output);
      const report: Partial<Report> = printsLines ? { bytesIn: statSync(job.path).size } : JSON.parse(stdout);
      const outcome = { ...seen, ...report, ...(existsSync(job.lines) && workOf(job.lines)) };
      const wrong = faultOf(outcome, expected);
      if (wrong !== undefined) throw new Error(`${name} is wrong: ${wrong}`);
      const { crc, ...rest } = { ...outcome, ...expected };
      return { ...rest, maxRss: Math.max(report.maxRss ?? 0, seen.maxRss) };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
};

/** @param expected What only counts has no checksum. */
function faultOf(work: Partial<Work>, expected: Required<Work>): string | undefined {
  const { bytesIn, results, bytesOut, crc = expected.crc } = work;
  if (bytesIn !== expected.bytesIn) return `it read ${bytesIn} bytes instead of ${expected.bytesIn}`;
  if (results !== expected.results) return `it has ${results} results instead of ${expected.results}`;
  if (bytesOut !== expected.bytesOut) return `it made ${bytesOut} bytes instead of ${expected.bytesOut}`;
  if (crc !== expected.crc) return 'what it made has the right length but other bytes';
  return undefined;
}

/** What is in lines, as if it were joined by commas. No Output here has a newline. */
function workOf(path: string): Omit<Work, 'bytesIn'> {
  const bytes = readFileSync(path);
  let results = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    bytes[at] = COMMA;
    results++;
  }
  return { results, ...total([bytes.subarray(0, -1)]) };
}

function total(chunks: Iterable<Buffer>): { bytesOut: number; crc: number } {
  let [bytesOut, crc] = [0, 0];
  for (const chunk of chunks) {
    bytesOut += chunk.length;
    crc = crc32(chunk, crc);
  }
  return { bytesOut, crc };
}

function write(path: string, chunks: Iterable<Buffer>): void {
  const file = openSync(path, 'w');
  for (const chunk of chunks) writeSync(file, chunk);
  closeSync(file);
}
