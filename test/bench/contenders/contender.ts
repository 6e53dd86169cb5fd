import { fileURLToPath } from 'node:url';
import type { Tool } from './tools.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** One of those that are compared. */
export interface Entrant {
  readonly name: string;
  /** What it is, in a table. */
  readonly label: string;
  /** This package, the transfer that none can be faster than, or what others have made. */
  readonly side: 'ours' | 'ceiling' | 'peer';
  readonly needs?: readonly Tool[];
  /** Bytes of result files beyond which it has no chance, by its memory. */
  readonly most?: number;
}

/** How it does its work: in a process of its own. */
export interface Contender<Job> extends Entrant {
  /** @param flags For Node.js, where the contender runs on it. */
  readonly command: (job: Job, flags?: readonly string[]) => Command;
  /** Whether its answer is the lines that it prints, and no report. */
  readonly printsLines?: boolean;
}

const MIB = 1024 ** 2;

/** Twice as much does not fit the heap that Node allows itself by default. */
export const MOST_OF_NODE = 512 * MIB;
/** It has eight times as much in memory. */
export const MOST_OF_PYTHON = 1024 * MIB;

/** As compiled for measuring, or as loaded by the tests. */
const EXTENSION = import.meta.url.slice(-3);

/** @param more What its module is told beside the job. */
export function node<Job>(module: string, more: object = {}): Contender<Job>['command'] {
  const path = fileURLToPath(new URL(module + EXTENSION, import.meta.url));
  return (job, flags = []) => [
    process.execPath,
    ...process.execArgv,
    ...flags,
    path,
    JSON.stringify({ ...job, ...more }),
  ];
}

/** npm runs scripts in the project's folder. */
export function python<Job>(module: string): Contender<Job>['command'] {
  return (job) => ['python3', `test/bench/contenders/${module}.py`, JSON.stringify(job)];
}
