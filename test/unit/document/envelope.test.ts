import { expect } from 'chai';
import { type DocumentOptions, enclose, makeEnvelope } from '../../../src/document/envelope.ts';
import { failure } from '../../support/errors.ts';
import { text } from '../../support/streams.ts';

async function* batches(...texts: string[]) {
  for (const batch of texts) yield { bytes: Buffer.from(batch), count: batch === '' ? 0 : 1, elements: 1 };
}

const JSON_OPTIONS = {
  format: 'json',
  resultsKey: 'results',
  envelopeBefore: {},
  envelope: {},
  ascii: false,
} as const;

const document = (options: Partial<DocumentOptions>, ...texts: string[]) =>
  text(enclose(batches(...texts), undefined, makeEnvelope({ ...JSON_OPTIONS, ...options })));

describe('envelope', () => {
  it('puts a comma between batches', async () => {
    expect(await document({}, '1,2', '3', '4')).to.equal('{"results":[1,2,3,4]}');
  });

  it('passes over a batch in which there is no result', async () => {
    expect(await document({}, '', '1', '', '2', '')).to.equal('{"results":[1,2]}');
    expect(await document({ format: 'jsonl' }, '')).to.equal('');
  });

  it('is a whole document without any results', async () => {
    expect(await document({})).to.equal('{"results":[]}');
  });

  it('writes members after the results', async () => {
    const envelope = { statuses: { statuses: [] }, 'a "b"': null };
    expect(await document({ envelope }, '1')).to.equal(
      '{"results":[1],"statuses":{"statuses":[]},"a \\"b\\"":null}',
    );
  });

  it('writes members before the results, and calls them as it is told', async () => {
    const options = { envelopeBefore: { a: 1, b: 2 }, envelope: { c: 3 }, resultsKey: 'all "of" them' };
    expect(await document(options, '1', '2')).to.equal('{"a":1,"b":2,"all \\"of\\" them":[1,2],"c":3}');
  });

  it('writes failures behind the results, even when there are none', async () => {
    const envelope = makeEnvelope({ ...JSON_OPTIONS, envelope: { c: 3 } });
    expect(await text(enclose(batches('1'), batches('2', '3'), envelope))).to.equal(
      '{"results":[1],"failures":[2,3],"c":3}',
    );
    expect(await text(enclose(batches(), batches(), envelope))).to.equal(
      '{"results":[],"failures":[],"c":3}',
    );
  });

  it('writes lines that each end in a newline', async () => {
    expect(await document({ format: 'jsonl' }, '1\n2', '3')).to.equal('1\n2\n3\n');
    expect(await document({ format: 'jsonl' })).to.equal('');
  });

  it('writes ASCII everywhere when it is told to', async () => {
    const options = { ascii: true, resultsKey: 'résultats', envelope: { é: '😀' } };
    expect(await document(options, '"é"', '"会\u007f"')).to.equal(
      '{"r\\u00e9sultats":["\\u00e9","\\u4f1a\u007f"],"\\u00e9":"\\ud83d\\ude00"}',
    );
  });

  const cycle: Record<string, unknown> = {};
  cycle.cycle = cycle;
  for (const value of [undefined, () => 1, cycle, 5n]) {
    it(`refuses a member that is ${typeof value === 'object' ? 'a cycle' : typeof value}`, async () => {
      const error = await failure('InvalidOption', () =>
        makeEnvelope({ ...JSON_OPTIONS, envelope: { bad: value } }),
      );
      expect(error.message).to.include('envelope.bad');
    });
  }
});
