import { type Contender, MOST_OF_NODE, MOST_OF_PYTHON, node, python } from './contender.ts';
import type { HttpJob } from './job.ts';

export const CEILING = 'transfer';

/** Those that get a Map Run's result files over HTTP and put the document there. */
export const PIPELINES: readonly Contender<HttpJob>[] = [
  {
    name: 'aggregate',
    label: '`aggregate`',
    side: 'ours',
    command: node('aggregate', { options: { reader: 'stream-json', threads: 0 } }),
  },
  {
    name: 'aggregate-threads',
    label: '`aggregate`, threads',
    side: 'ours',
    command: node('aggregate', { options: { reader: 'stream-json', threads: 'auto' } }),
    needs: ['threads'],
  },
  {
    name: 'aggregate-scanner',
    label: '`aggregate`, scanner',
    side: 'ours',
    command: node('aggregate', { options: { reader: 'scanner', threads: 0 } }),
    needs: ['scanner'],
  },
  {
    name: 'aggregate-scanner-threads',
    label: '`aggregate`, scanner, threads',
    side: 'ours',
    command: node('aggregate', { options: { reader: 'scanner', threads: 'auto' } }),
    needs: ['scanner', 'threads'],
  },
  {
    name: CEILING,
    label: 'the same transfer without parsing',
    side: 'ceiling',
    command: node('transfer'),
  },
  {
    name: 'plain-stream-json',
    label: '`chain([parser(), streamArray()])`',
    side: 'peer',
    command: node('plain-stream-json'),
  },
  {
    name: 'whole-document',
    label: 'whole document, Node.js',
    side: 'peer',
    command: node('whole-document'),
    most: MOST_OF_NODE,
  },
  {
    name: 'whole-document-python',
    label: 'whole document, Python',
    side: 'peer',
    command: python('whole_document'),
    needs: ['python3'],
    most: MOST_OF_PYTHON,
  },
];
