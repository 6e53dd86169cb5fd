import { expect } from 'chai';
import { detectForm, type GivenForm } from '../../../src/results/form.ts';
import { executionRecord } from '../../support/consignment.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { chunked } from '../../support/streams.ts';

const AUTO: GivenForm = { transformation: 'auto', outputType: 'auto' };
const RECORD = JSON.stringify(executionRecord('1'));

/** Detects the form of files given as name and content; tells which were read. */
async function detect(
  files: readonly (readonly [name: string, content: string])[],
  given: Partial<GivenForm>,
  chunkSize = 7,
) {
  const read: string[] = [];
  const form = await detectForm(
    files.map(([path]) => ({ path })),
    (location) => {
      const [name, content] = files.find(([path]) => 'path' in location && path === location.path) ?? [
        '',
        '',
      ];
      read.push(name);
      return chunked(content, chunkSize);
    },
    { ...AUTO, ...given },
    LIMITS,
  );
  return { ...form, read };
}

describe('detectForm', () => {
  const rows: [name: string, content: string, outputType: string, elements: string][] = [
    ['s.json', `[${RECORD}]`, 'JSON', 'records'],
    ['s.json', ` \n [ {"Output":"1"} ]`, 'JSON', 'records'],
    ['s.json', '[{"Output":"1","Status":"SUCCEEDED"},5]', 'JSON', 'records'],
    ['s.json', '[{"ExecutionArn":"a","Status":"SUCCEEDED"}]', 'JSON', 'records'],
    ['s.json', '[{"Output":"1","mine":2}]', 'JSON', 'outputs'],
    ['s.json', '[{"Output":1}]', 'JSON', 'outputs'],
    ['s.json', '[{"Status":"SUCCEEDED"}]', 'JSON', 'outputs'],
    ['s.json', '[{}]', 'JSON', 'outputs'],
    ['s.json', '[1,2]', 'JSON', 'outputs'],
    ['s.json', '[[1],[2]]', 'JSON', 'outputs'],
    ['s.json', `${RECORD}\n${RECORD}\n`, 'JSONL', 'records'],
    ['s.json', '10\n20\n', 'JSONL', 'outputs'],
    ['s.jsonl', `${RECORD}\n`, 'JSONL', 'records'],
    ['s.jsonl', '[1,2]\n[3]\n', 'JSONL', 'outputs'],
    ['s.jsonl', '"a"', 'JSONL', 'outputs'],
    ['s', '[1]', 'JSON', 'outputs'],
    ['s', '1\n', 'JSONL', 'outputs'],
  ];
  for (const [name, content, outputType, elements] of rows) {
    it(`takes ${name} of ${JSON.stringify(content.slice(0, 45))} for ${outputType} of ${elements}`, async () => {
      for (const size of [1, 7, 10_000]) {
        expect(await detect([[name, content]], {}, size)).to.include({
          outputType,
          elements,
          elementsAreGiven: false,
        });
      }
    });
  }

  it('goes by the first file in which there is anything, and reads no further', async () => {
    const files = [
      ['0.json', '[]'],
      ['1.json', ' [ ] '],
      ['2.json', `[${RECORD}]`],
      ['3.json', '[1]'],
    ] as const;
    expect(await detect(files, {})).to.deep.include({
      elements: 'records',
      read: ['0.json', '1.json', '2.json'],
    });
  });

  it('takes the default, or what the name says, when there is nothing in any', async () => {
    expect(await detect([], {})).to.include({ outputType: 'JSON', elements: 'records' });
    expect(await detect([['s.jsonl', '']], {})).to.include({ outputType: 'JSONL', elements: 'records' });
  });

  it('reads nothing when all is given', async () => {
    const given = { transformation: 'FLATTEN', outputType: 'JSONL' } as const;
    const form = { outputType: 'JSONL', elements: 'outputs', elementsAreGiven: true };
    expect(await detect([['s.json', '[1]']], given)).to.deep.equal({ ...form, read: [] });
  });

  it('believes what is given, and finds out what is not', async () => {
    expect(await detect([['s.json', `[${RECORD}]`]], { transformation: 'COMPACT' })).to.include({
      outputType: 'JSON',
      elements: 'outputs',
      elementsAreGiven: true,
    });
    expect(await detect([['s.json', `${RECORD}\n`]], { outputType: 'JSONL' })).to.include({
      elements: 'records',
    });
  });

  it('refuses a first element that is broken', async () => {
    const error = await failure('ResultFileMalformed', () => detect([['s.json', '[{"a":}]']], {}));
    expect(error).to.include({ path: 's.json', resultNumber: 1, byteOffset: 1 });
    await failure('ResultFileMalformed', () => detect([['s.json', '[1'] as const], {}));
  });

  it('refuses a first element that exceeds the limits, and reads no further', async () => {
    const limits = { maxResultBytes: 1024, maxDepth: 3 };
    for (const name of ['s.json', 's.jsonl']) {
      for (const [content, words] of [
        ['[[[[[', 'raise maxDepth'],
        ['"', 'raise maxResultBytes'],
      ] as const) {
        let chunks = 0;
        async function* source() {
          yield Buffer.from(name === 's.json' ? `[${content}` : content);
          for (; chunks < 50; chunks++) yield Buffer.alloc(100, 'x');
        }
        const error = await failure('LimitExceeded', () =>
          detectForm([{ path: name }], source, AUTO, limits),
        );
        expect(error).to.include({ path: name, resultNumber: 1, byteOffset: name === 's.json' ? 1 : 0 });
        expect(error.message).to.include(words);
        expect(chunks).to.be.at.most(11);
      }
    }
  });

  it('knows where it is after white space, of which it keeps nothing', async () => {
    for (const size of [1, 7, 1000]) {
      const file = ['s.json', `${' \n'.repeat(100)}[{"a":}]`] as const;
      const error = await failure('ResultFileMalformed', () => detect([file], {}, size));
      expect(error).to.include({ resultNumber: 1, byteOffset: 201 });
    }
  });

  it('closes what it does not read to the end', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield Buffer.from(`[${RECORD},`);
      } finally {
        closed = true;
      }
    }
    await detectForm([{ path: 's.json' }], source, AUTO, LIMITS);
    expect(closed).to.equal(true);
  });
});
