import { type Contender, MOST_OF_NODE, MOST_OF_PYTHON, node, python } from './contender.ts';
import type { ReaderJob } from './job.ts';

/** Those that read one result file of execution records and give the texts of its Outputs. */
export const READERS: readonly Contender<ReaderJob>[] = [
  {
    name: 'read-scanner',
    label: 'scanner',
    side: 'ours',
    command: node('read-aggregate', { reader: 'scanner' }),
    needs: ['scanner'],
  },
  {
    name: 'read-stream-json',
    label: 'stream-json reader',
    side: 'ours',
    command: node('read-aggregate', { reader: 'stream-json' }),
  },
  {
    name: 'read-plain-stream-json',
    label: '`chain([parser(), streamArray()])`',
    side: 'peer',
    command: node('read-plain-stream-json'),
  },
  {
    name: 'read-streamparser',
    label: '`@streamparser/json`',
    side: 'peer',
    command: node('read-streamparser'),
    needs: ['@streamparser/json'],
  },
  {
    name: 'read-duckdb',
    label: 'DuckDB, to a file',
    side: 'peer',
    command: node('read-duckdb', { reader: 'copy' }),
    needs: ['@duckdb/node-api'],
  },
  {
    name: 'read-duckdb-count',
    label: 'DuckDB, counting only',
    side: 'peer',
    command: node('read-duckdb', { reader: 'count' }),
    needs: ['@duckdb/node-api'],
  },
  {
    name: 'read-jq',
    label: 'jq, to a file',
    side: 'peer',
    command: ({ path }) => ['jq', '-c', '.[].Output | fromjson', path],
    printsLines: true,
    needs: ['jq'],
    most: MOST_OF_PYTHON,
  },
  {
    name: 'read-whole-document',
    label: 'whole document, Node.js',
    side: 'peer',
    command: node('read-whole-document'),
    most: MOST_OF_NODE,
  },
  {
    name: 'read-whole-document-python',
    label: 'whole document, Python',
    side: 'peer',
    command: python('whole_document'),
    needs: ['python3'],
    most: MOST_OF_PYTHON,
  },
];
