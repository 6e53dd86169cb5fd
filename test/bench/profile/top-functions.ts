import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As much of what `--cpu-prof` writes as is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  /** Ids of nodes, and the microseconds before each of them, which are those after the last. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface TopFunction {
  readonly name: string;
  /** File and line, or empty for what is not JavaScript. */
  readonly place: string;
  /** In the function itself, not in those that it calls. */
  readonly seconds: number;
  /** Of all time but idle. */
  readonly share: number;
}

/** The functions in which most of the time was spent, whoever called them. */
export function topFunctions({ nodes, samples, timeDeltas }: CpuProfile, count: number): TopFunction[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, { name: string; place: string; seconds: number }>();
  let all = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') continue;
    const seconds = (timeDeltas[index + 1] ?? 0) / 1e6;
    const { name, place } = { name: frame.functionName || '(anonymous)', place: placeOf(frame) };
    const key = `${name} ${place}`;
    functions.set(key, { name, place, seconds: seconds + (functions.get(key)?.seconds ?? 0) });
    all += seconds;
  }
  return [...functions.values()]
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map((found) => ({ ...found, share: found.seconds / all }));
}

function placeOf({ url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return '';
  return `${url.startsWith('file:') ? relative('', fileURLToPath(url)) : url}:${lineNumber + 1}`;
}
