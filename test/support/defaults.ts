/**
 * Runs the suite with other defaults than the library's: `TEST_DEFAULTS='{"threads":2}' npm test`. They must be set
 * before anything else reads them, so mocha loads this file first.
 */
import { checkOption, WORD_OPTIONS, type WordOption } from '../../src/word-options.ts';

const OPTIONS: Record<string, { -readonly [K in keyof WordOption]: WordOption[K] }> = WORD_OPTIONS;

for (const [name, value] of Object.entries(JSON.parse(process.env.TEST_DEFAULTS ?? '{}') as object)) {
  const option = OPTIONS[name];
  if (!option) throw new Error(`TEST_DEFAULTS: ${name} is not an option`);
  checkOption(option, `TEST_DEFAULTS: ${name}`, value);
  option.default = value;
}
