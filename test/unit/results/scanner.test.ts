import { expect } from 'chai';
import fc from 'fast-check';
import { BATCH_SIZE, type Reading } from '../../../src/results/reader.ts';
import { READERS } from '../../../src/results/readers.ts';
import { scannerReader } from '../../../src/results/scanner.ts';
import { disagreement, type HostileFile, hostileFile, outcome } from '../../support/agreement.ts';
import { failure } from '../../support/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { recordsFile } from '../../support/map-run.ts';
import { seeded } from '../../support/random.ts';
import { chunked, collect } from '../../support/streams.ts';

const RECORDS: HostileFile['reading'] = {
  outputType: 'JSON',
  select: 'output',
  separator: ',',
  limits: LIMITS,
};

/** Bits of result files, of which some put together are a result file. */
const BITS = [
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '"',
    '\\',
    '\\"',
    '\\\\',
    '\\n',
    '\\u00e9',
    '\\ud83d',
    '\\ude00',
    '\n',
    ' ',
  ],
  ...[
    '"Output":',
    '"Output":"1"',
    '{"Output":"',
    '"}',
    '},{',
    '"\\u004futput"',
    '\\":\\"',
    '\\",\\"',
    '\\"x\\"',
  ],
  ...[
    '0',
    '1',
    '-',
    '.5',
    'e1',
    'true',
    'null',
    'x',
    '\x7f',
    'é',
    '😀',
    '\x00',
    'abcdefgh',
    '"Name":"',
    '[]',
    '{}',
  ],
];

describe('the scanner agrees with the default reader', () => {
  const agree = async (file: HostileFile) => {
    expect(await disagreement(file)).to.equal(undefined);
  };

  it('about made-up files, right and wrong, however they are cut', async () => {
    for (let seed = 1; seed <= 1200; seed++) await agree(hostileFile(seeded(seed)));
  });

  it('about a file cut anywhere', async () => {
    for (let seed = 10_001; seed <= 10_012; seed++) {
      const file = hostileFile(seeded(seed));
      const { length } = file.bytes;
      if (length > 1000) continue;
      for (let cut = 1; cut < length; cut++) await agree({ ...file, chunks: [[], [cut, length]] });
    }
  });

  it('about what is put together of bits of result files', async () => {
    const bits = fc.array(fc.constantFrom(...BITS), { maxLength: 24 }).map((list) => list.join(''));
    const bytes = fc.oneof(
      bits,
      bits.map((text) => `[${text}]`),
      bits.map((text) => `[{"Output":"${text}"}]`),
      bits.map((text) => `[{"Output":"[\\"${text}\\"]"}]`),
    );
    const reading = fc.record<HostileFile['reading']>({
      outputType: fc.constantFrom('JSON', 'JSONL'),
      select: fc.constantFrom('output', 'record', 'bare', 'presumed'),
      separator: fc.constantFrom(',', '\n'),
      limits: fc.constantFrom(LIMITS, { maxResultBytes: 20, maxDepth: 2 }),
    });
    const property = fc.asyncProperty(
      bytes,
      reading,
      fc.integer({ min: 1, max: 60 }),
      (text, reading, size) => agree({ bytes: Buffer.from(text), reading, chunks: [[], [size]] }),
    );
    await fc.assert(property, { numRuns: 2000 });
  });

  it('about files of which some are right, some are wrong, and some are large', async () => {
    const files = Array.from({ length: 2000 }, (_, seed) => hostileFile(seeded(seed)));
    const outcomes = await Promise.all(files.map((file) => outcome(READERS.scanner, file, [])));
    const refused = outcomes.filter((outcome) => outcome !== '' && !outcome.endsWith('\n'));
    const reasons = refused.map((outcome) =>
      outcome.slice(outcome.lastIndexOf('\n') + 1).replace(/\d+/g, 'N'),
    );
    expect(refused.length).to.be.within(400, 1200);
    expect(new Set(reasons).size).to.be.above(20);
    expect(files.some(({ bytes }) => bytes.length > 2 * BATCH_SIZE)).to.equal(true);
  });
});

describe('the scanner', () => {
  it('gives any JSON as it stands, whatever its escapes, however the file is cut', async () => {
    const text = fc.tuple(fc.json({ stringUnit: 'binary' }), fc.nat(9)).map(([json, escapes]) => ({
      json,
      literal: `"${[...json].map((character, index) => escaped(character, index % 10 < escapes)).join('')}"`,
    }));
    const property = fc.asyncProperty(
      fc.array(text),
      fc.integer({ min: 1, max: 99 }),
      async (texts, size) => {
        const file = `[${texts.map(({ literal }) => `{"Output":${literal}}`).join(',')}]`;
        const batches = await collect(scannerReader(chunked(file, size), { path: 'f' }, RECORDS));
        const got = batches.map(({ bytes }) => bytes.toString()).join(',');
        expect(got).to.equal(texts.map(({ json }) => json).join(','));
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('passes a full batch on before it refuses what comes next in the same chunk', async () => {
    const texts = Array.from({ length: 3 }, (_, index) => JSON.stringify(`${index}`.repeat(30_000)));
    const wrong = `${recordsFile(texts).slice(0, -1)} x`;
    for (const reader of Object.values(READERS)) {
      const batches: string[] = [];
      const error = await failure('ResultFileMalformed', async () => {
        for await (const { bytes } of reader(chunked(wrong), { path: 'f' }, RECORDS))
          batches.push(`${bytes}`);
      });
      expect(error.byteOffset).to.equal(wrong.length - 1);
      expect(batches).to.deep.equal([texts.join(',')]);
    }
  });

  it('gives each batch memory of its own, and little more than it needs', async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => JSON.stringify({ index, text: 'é'.repeat(20) }));
    for (const select of ['output', 'record'] as const) {
      const reading: Reading = { ...RECORDS, select };
      const batches = await collect(
        scannerReader(chunked(recordsFile(texts), 65_536), { path: 'f' }, reading),
      );
      expect(batches.length).to.be.above(3);
      expect(new Set(batches.map(({ bytes }) => bytes.buffer)).size).to.equal(batches.length);
      for (const { bytes } of batches) expect(bytes.buffer.byteLength).to.be.at.most(1.25 * bytes.length);
    }
  });
});

function escaped(character: string, asUnits: boolean): string {
  const units = [...Array(character.length).keys()].map((index) => character.charCodeAt(index));
  if (asUnits) return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  return JSON.stringify(character).slice(1, -1);
}
