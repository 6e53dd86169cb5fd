import { statSync } from 'node:fs';
import { jobOf, timed } from './clock.ts';
import type { ReaderJob } from './job.ts';
import { requirePeer } from './peer.ts';

/** As much of `@duckdb/node-api` as is used here; it is installed only for the benchmark. */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

interface Connection {
  run(sql: string): Promise<{ readonly rowsChanged: number }>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
}

const { peers, path, lines, reader = '' } = jobOf<ReaderJob>();
const { DuckDBInstance } = requirePeer<DuckDb>(peers, '@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const from = `FROM read_json('${path}', format='array', columns={Output:'VARCHAR'})`;

const WORK: Readonly<Record<string, () => Promise<{ results: number; bytesOut: number }>>> = {
  /** What the readers do: every Output, once it is known to be JSON. */
  copy: async () => {
    const text = `CASE WHEN json_valid(Output) THEN Output ELSE error('not JSON') END`;
    const { rowsChanged } = await connection.run(
      `COPY (SELECT ${text} ${from}) TO '${lines}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '')`,
    );
    return { results: rowsChanged, bytesOut: statSync(lines).size };
  },
  /** Less than the readers do: nothing comes out but three figures. */
  count: async () => {
    const figures = await connection.runAndReadAll(
      `SELECT count(*), sum(strlen(Output)) + count(*) - 1, bool_and(json_valid(Output)) ${from}`,
    );
    const [results, bytesOut, valid] = figures.getRows()[0] ?? [];
    if (valid !== true) throw new Error('not JSON');
    return { results: Number(results), bytesOut: Number(bytesOut) };
  },
};

await timed(async () => {
  const done = await WORK[reader]?.();
  if (!done) throw new Error(`no way to read named ${reader}`);
  return { bytesIn: statSync(path).size, ...done };
});
