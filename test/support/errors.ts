import { expect } from 'chai';
import { type ErrorName, MapRunResultsError } from '../../src/errors.ts';

/** Runs what must fail, and gives its error, which must have this name. */
export async function failure(name: ErrorName, run: () => unknown): Promise<MapRunResultsError> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (!(error instanceof MapRunResultsError)) throw error;
    expect(error.name, error.message).to.equal(name);
    return error;
  }
  throw new Error(`expected ${name}, but it went well: ${JSON.stringify(result)}`);
}
