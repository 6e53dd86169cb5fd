import { between, pick } from './random.ts';

/** The result of TDR's checks over one file of a consignment, as its Map state's child workflow puts it out. */
export interface FileCheck {
  readonly consignmentId: string;
  readonly fileId: string;
  readonly originalPath: string;
  readonly fileSize: string;
  readonly fileCheckResults: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const FOLDERS = ['minutes', 'correspondence', 'réunions', 'photographs', 'registers', '会議録'];
const FORMATS = [
  { extension: 'docx', puid: 'fmt/412' },
  { extension: 'pdf', puid: 'fmt/276' },
  { extension: 'jpg', puid: 'fmt/43' },
  { extension: 'csv', puid: 'x-fmt/18' },
];

/** A made-up result of the checks over one file. */
export function fileCheck(random: () => number, index: number): FileCheck {
  const { extension, puid } = pick(random, FORMATS);
  const folders = Array.from({ length: between(random, 1, 4) }, () => pick(random, FOLDERS));
  const fileId = uuid(random);
  return {
    consignmentId: 'f0a73877-6057-4bbb-a1eb-7c7b73cab586',
    fileId,
    originalPath: `${folders.join('/')}/"file" ${index}.${extension}`,
    fileSize: String(between(random, 100, 10_000_000)),
    fileCheckResults: {
      antivirus: [
        {
          fileId,
          software: 'yara',
          softwareVersion: '4.2.0',
          databaseVersion: '',
          result: '',
          datetime: 1_767_225_600_000 + index,
        },
      ],
      checksum: [{ fileId, sha256Checksum: hex(random, 64) }],
      fileFormat: [
        {
          fileId,
          software: 'Droid',
          softwareVersion: '6.8.0',
          binarySignatureFileVersion: '120',
          containerSignatureFileVersion: '20240501',
          method: 'signature',
          matches: [
            {
              extension,
              identificationBasis: 'Byte sequence matches file format',
              puid,
              extensionMismatch: random() < 0.02,
            },
          ],
        },
      ],
    },
  };
}

/** An execution record of a successful child, as ResultWriter writes it: members in alphabetical order. */
export function executionRecord(output: string, input = '{}', name = '00000000-0000-0000-0000-000000000000') {
  const stateMachine = 'arn:aws:states:eu-west-2:000000000000:stateMachine:TDRBackendChecks/MapState';
  return {
    ExecutionArn: `${stateMachine.replace('stateMachine', 'execution')}:${name}`,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    Output: output,
    OutputDetails: { Included: true },
    RedriveCount: 0,
    RedriveStatus: 'NOT_REDRIVABLE',
    RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    StartDate: '2026-09-24T03:02:58.404Z',
    StateMachineArn: stateMachine,
    Status: 'SUCCEEDED',
    StopDate: '2026-09-24T03:02:59.213Z',
  };
}

/**
 * The record of a made-up check, as text, about 2 KB of it.
 * @param more Further members of its output.
 */
export function fileCheckRecord(
  random: () => number,
  index: number,
  more: Readonly<Record<string, unknown>> = {},
): { record: string; output: string } {
  const check = { ...fileCheck(random, index), ...more };
  const output = JSON.stringify(check);
  const { consignmentId, fileId, originalPath, fileSize } = check;
  const input = JSON.stringify({ consignmentId, fileId, originalPath, fileSize, userId: uuid(random) });
  return { record: JSON.stringify(executionRecord(output, input, uuid(random))), output };
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => between(random, 0, 15).toString(16)).join('');
}

function uuid(random: () => number): string {
  return hex(random, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
