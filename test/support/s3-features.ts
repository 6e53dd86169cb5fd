import { expect } from 'chai';

/** What not every S3 server can do, and what of this package needs it. Nothing else does. */
export const FEATURES = {
  'if-none-match': 'overwrite: false',
  'content-encoding': 'compress: gzip, for readers that go by the header',
  'list-uploads': 'map-run-results cleanup',
  'list-uploads-times': 'map-run-results cleanup --older-than',
  'list-uploads-pages': 'map-run-results cleanup of more than 1,000 uploads',
} as const;

export type Feature = keyof typeof FEATURES;

/** What the server that tests use is declared to lack: the one that `npm run test:s3` names, or the embedded one. */
export const LACKING: readonly Feature[] = process.env.TEST_S3_ENDPOINT
  ? parseFeatures(process.env.TEST_S3_WITHOUT ?? '')
  : ['if-none-match', 'content-encoding', 'list-uploads', 'list-uploads-times', 'list-uploads-pages'];

/** @throws Error on a name that is none of a feature */
export function parseFeatures(words: string): Feature[] {
  return words
    .split(',')
    .filter(Boolean)
    .map((word) => {
      if (Object.hasOwn(FEATURES, word)) return word as Feature;
      throw new Error(`there is no feature ${word}; those are ${Object.keys(FEATURES).join(', ')}`);
    });
}

/**
 * A test of a feature. Where the server is declared to lack it the test must fail, so that nothing is skipped and no
 * declaration outlives its reason.
 */
export function optional(feature: Feature, title: string, test: () => Promise<void>): void {
  if (!LACKING.includes(feature)) {
    it(title, test);
    return;
  }
  it(`fails, as it is declared without ${feature}: ${title}`, async () => {
    const outcome = await test().then(
      () => 'the server has it',
      () => 'the server lacks it',
    );
    expect(outcome, `it is declared without ${feature}`).to.equal('the server lacks it');
  });
}
