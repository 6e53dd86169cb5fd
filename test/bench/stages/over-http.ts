import { type ChildProcess, fork } from 'node:child_process';
import type { Report } from '../contenders/job.ts';
import { CEILING, PIPELINES } from '../contenders/pipelines.ts';
import { type FixtureSettings, type Fixtures, makeFixtures } from '../fixtures/fixtures.ts';
import { measure } from '../measure.ts';
import { difference } from '../server/difference.ts';
import { CPU_PATH, PARTS_PATH, type ServerReady, type ServerSettings } from '../server/protocol.ts';
import type { Swallowed } from '../server/uploads.ts';
import { contenderNamed, type Open } from './stage.ts';

/** A server of the result files; contenders get them and put the document there, which is checked to the byte. */
export const overHttp: Open = async ({ files, kind, latency, concurrency }, size, { seed }) => {
  const settings: FixtureSettings = { size, files, seed, kind };
  const fixtures = makeFixtures(settings);
  const { server, endpoint } = await serve({ fixtures: settings, latency });
  const ask = async <T>(path: string) => (await (await fetch(endpoint + path)).json()) as T;
  const serverSeconds = async () => {
    const { user, system } = await ask<NodeJS.CpuUsage>(CPU_PATH);
    return (user + system) / 1e6;
  };
  let runs = 0;

  return {
    facts: {
      size,
      bytes: fixtures.bytes,
      results: fixtures.results,
      documentBytes: fixtures.documentBytes,
    },
    contenders: PIPELINES,
    async run(name, flags) {
      const key = `${name}/${++runs}.json`;
      const busyBefore = await serverSeconds();
      const { command } = contenderNamed(PIPELINES, name);
      const { stdout, ...seen } = await measure(command({ endpoint, key, concurrency, kind }, flags));
      const busy = (await serverSeconds()) - busyBefore;
      const report = JSON.parse(stdout) as Report;
      const wrong = faultOf(report, await ask<Swallowed[] | null>(PARTS_PATH + key), name, fixtures);
      if (wrong !== undefined) throw new Error(`${name} is wrong: ${wrong}`);
      const maxRss = Math.max(report.maxRss, seen.maxRss);
      return { ...seen, ...report, maxRss, serverBusy: busy / report.seconds };
    },
    close: () => server.disconnect(),
  };
};

/** A benchmark of something that does another thing than it should is worth nothing. */
function faultOf(
  report: Report,
  parts: Swallowed[] | null,
  name: string,
  { bytes, results, documentBytes, files, document }: Fixtures,
): string | undefined {
  if (parts === null) return 'the server has no object of it';
  if (report.bytesIn !== bytes) return `it read ${report.bytesIn} bytes instead of ${bytes}`;
  if (name === CEILING) return difference(parts, bytes, concatenated(files));
  if (report.results !== results) return `it has ${report.results} results instead of ${results}`;
  if (report.bytesOut !== documentBytes)
    return `it wrote ${report.bytesOut} bytes instead of ${documentBytes}`;
  return difference(parts, documentBytes, document());
}

function* concatenated(files: Fixtures['files']) {
  for (const file of files) yield* file.content();
}

/** As compiled for measuring, or as loaded by the tests. */
const EXTENSION = import.meta.url.slice(-3);

async function serve(settings: ServerSettings): Promise<{ server: ChildProcess; endpoint: string }> {
  const server = fork(new URL(`../server/server${EXTENSION}`, import.meta.url), [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { endpoint } = await new Promise<ServerReady>((resolve, reject) => {
    server.once('message', (message) => resolve(message as ServerReady));
    server.once('error', reject);
    server.once('exit', (code, signal) => reject(new Error(`the server ended with ${signal ?? code}`)));
  });
  return { server, endpoint };
}
