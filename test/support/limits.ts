import type { Limits } from '../../src/results/limits.ts';
import { WORD_OPTIONS } from '../../src/word-options.ts';

/** The defaults. */
export const LIMITS: Limits = {
  maxResultBytes: WORD_OPTIONS.maxResultBytes.default,
  maxDepth: WORD_OPTIONS.maxDepth.default,
};
