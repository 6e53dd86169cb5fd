import type { FixtureSettings } from '../fixtures/fixtures.ts';

/** Where the server tells the parts of an uploaded object, and its own processor time; no bucket is named so. */
export const PARTS_PATH = '/-/parts/';
export const CPU_PATH = '/-/cpu';

export interface ServerSettings {
  readonly fixtures: FixtureSettings;
  /** Milliseconds that every answer waits for. */
  readonly latency: number;
}

export interface ServerReady {
  readonly endpoint: string;
}
