import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { type Tools, versionOf } from '../contenders/tools.ts';

/** Where the figures were taken; without it they mean nothing. */
export interface Conditions {
  readonly taken: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory: number;
    readonly system: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly seed: number;
}

const PACKAGES = ['stream-json', 'stream-chain', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'];

export function conditions(seed: number, tools: Tools): Conditions {
  const peers = [...tools].filter(([tool]) => !['scanner', 'threads'].includes(tool));
  return {
    taken: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory: totalmem(),
      system: `${type()} ${release().replace(/-.*/, '')}`,
    },
    versions: {
      node: process.version,
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name) ?? 'unknown'])),
      ...Object.fromEntries(peers),
    },
    seed,
  };
}
