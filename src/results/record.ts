import { isDeeperThan, type Limits, tooDeep } from './limits.ts';
import { type Extract, Flaw, type Select } from './reader.ts';

/** The members of an execution record, of whatever status: see ResultWriter's page in AWS's documentation. */
const RECORD_MEMBERS = new Set([
  'Cause',
  'Error',
  'ExecutionArn',
  'Input',
  'InputDetails',
  'Name',
  'Output',
  'OutputDetails',
  'RedriveCount',
  'RedriveDate',
  'RedriveStatus',
  'RedriveStatusReason',
  'StartDate',
  'StateMachineArn',
  'Status',
  'StopDate',
]);

export function isRecordMember(name: string | undefined): boolean {
  return name !== undefined && RECORD_MEMBERS.has(name);
}

const HINT = 'for bare outputs set transformation to COMPACT or FLATTEN';

/**
 * The text of an execution record's `Output`. It is carried over as it is, not made anew: numbers, key order and
 * duplicate members stay what they were.
 */
const outputOf: Extract = ({ members }, limits) => {
  if (!members) throw new Flaw(`is not an execution record, which would have an Output; ${HINT}`);
  if (!members.hasOutput) throw new Flaw(`is an object without an Output; ${HINT}`);
  const { output } = members;
  if (output === undefined) throw new Flaw(`has an Output that is not a string; ${HINT}`);
  if (!isJson('Output', output, limits)) throw new Flaw('has an Output that is not JSON');
  return [output];
};

const recordOf: Extract = (element, limits) => {
  outputOf(element, limits);
  return [element.text];
};

const bareOutputOf: Extract = ({ text }) => [text];

const presumedBareOutputOf: Extract = ({ text, members }) => {
  if (members?.areOfRecord) {
    throw new Flaw(
      'is an execution record, which the first result is not; set transformation to what it really is',
    );
  }
  return [text];
};

const EXTRACTS: Readonly<Record<Select, Extract>> = {
  output: outputOf,
  record: recordOf,
  bare: bareOutputOf,
  presumed: presumedBareOutputOf,
};

/** How to make of an element what is wanted of it. */
export function extractOf(select: Select | Extract): Extract {
  return typeof select === 'string' ? EXTRACTS[select] : select;
}

/**
 * Whether a member of a record is JSON.
 * @param text As it is, or byte by byte.
 * @throws Excess where it is nested too deep.
 */
export function isJson(name: 'Input' | 'Output', text: string, limits: Limits): boolean {
  if (isDeeperThan(limits.maxDepth, text)) throw tooDeep(limits, `has an ${name}`);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
