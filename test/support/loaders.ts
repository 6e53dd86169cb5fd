/** What Node.js is started with to run a TypeScript file: as in .mocharc.json, or nothing where it strips types itself. */
export const LOADERS: readonly string[] =
  'typescript' in process.features && process.features.typescript
    ? []
    : ['--import', 'tsx', '--import', './test/support/tsx-in-threads.mjs'];
