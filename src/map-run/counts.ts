import type { SFNClient } from '@aws-sdk/client-sfn';
import { MapRunResultsError, wordsOf } from '../errors.ts';

/** What DescribeMapRun says of a Map Run's child workflow executions. */
export interface ExecutionCounts {
  readonly succeeded: number;
  readonly resultsWritten: number;
}

/**
 * Asks Step Functions for a Map Run's counts. Its client is loaded only here, as few need it.
 * @throws MapRunResultsError `ReadFailed`
 */
export async function describeCounts(
  mapRunArn: string,
  given: Pick<SFNClient, 'send'> | undefined,
  signal: AbortSignal,
): Promise<ExecutionCounts> {
  const { DescribeMapRunCommand, SFNClient } = await import('@aws-sdk/client-sfn');
  const own = new SFNClient({});
  try {
    const describe = new DescribeMapRunCommand({ mapRunArn });
    const { executionCounts } = await (given ?? own).send(describe, { abortSignal: signal });
    if (executionCounts?.succeeded === undefined || executionCounts.resultsWritten === undefined)
      throw new Error('the answer has no executionCounts');
    return { succeeded: executionCounts.succeeded, resultsWritten: executionCounts.resultsWritten };
  } catch (cause) {
    const message = `DescribeMapRun of ${mapRunArn} failed: ${wordsOf(cause)}`;
    throw new MapRunResultsError('ReadFailed', message, { cause });
  } finally {
    own.destroy();
  }
}
