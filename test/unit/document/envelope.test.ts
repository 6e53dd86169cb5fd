import { expect } from 'chai';
import { enclose, makeEnvelope } from '../../../src/document/envelope.ts';
import { failure } from '../../support/errors.ts';
import { text } from '../../support/streams.ts';

async function* batches(...texts: string[]) {
  for (const batch of texts) yield { bytes: Buffer.from(batch), count: 1 };
}

const document = (members: Record<string, unknown>, ...texts: string[]) =>
  text(enclose(batches(...texts), makeEnvelope(members)));

describe('envelope', () => {
  it('puts a comma between batches', async () => {
    expect(await document({}, '1,2', '3', '4')).to.equal('{"results":[1,2,3,4]}');
  });

  it('is a whole document without any results', async () => {
    expect(await document({})).to.equal('{"results":[]}');
  });

  it('writes members after the results', async () => {
    const members = { statuses: { statuses: [] }, 'a "b"': null };
    expect(await document(members, '1')).to.equal(
      '{"results":[1],"statuses":{"statuses":[]},"a \\"b\\"":null}',
    );
  });

  const cycle: Record<string, unknown> = {};
  cycle.cycle = cycle;
  for (const value of [undefined, () => 1, cycle, 5n]) {
    it(`refuses a member that is ${typeof value === 'object' ? 'a cycle' : typeof value}`, async () => {
      const error = await failure('InvalidOption', () => makeEnvelope({ bad: value }));
      expect(error.message).to.include('envelope.bad');
    });
  }
});
