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
  signal: AbortSignal | undefined,
): Promise<ExecutionCounts> {
  try {
    const { DescribeMapRunCommand, SFNClient } = await import('@aws-sdk/client-sfn');
    const client = given ?? new SFNClient({});
    const { executionCounts } = await client.send(
      new DescribeMapRunCommand({ mapRunArn }),
      signal ? { abortSignal: signal } : {},
    );
    if (executionCounts?.succeeded === undefined || executionCounts.resultsWritten === undefined)
      throw new Error('the answer has no executionCounts');
    return { succeeded: executionCounts.succeeded, resultsWritten: executionCounts.resultsWritten };
  } catch (cause) {
    throw new MapRunResultsError('ReadFailed', `DescribeMapRun of ${mapRunArn} failed: ${wordsOf(cause)}`, {
      cause,
    });
  }
}
