import { expect } from 'chai';
import { manifestAddress } from '../../../src/map-run/event.ts';
import { failure } from '../../support/errors.ts';

const DETAILS = { Bucket: 'b', Key: 'c/u/results.json/id/manifest.json' };
const ADDRESS = { bucket: DETAILS.Bucket, key: DETAILS.Key };

describe('manifestAddress', () => {
  it('finds ResultWriterDetails under results, beside anything else', () => {
    const event = {
      consignmentId: 'c',
      results: { MapRunArn: 'arn', ResultWriterDetails: DETAILS, more: 1 },
      n: [],
    };
    expect(manifestAddress(event)).to.deep.equal(ADDRESS);
  });

  it('finds ResultWriterDetails at the top', () => {
    expect(manifestAddress({ MapRunArn: 'arn', ResultWriterDetails: DETAILS })).to.deep.equal(ADDRESS);
    expect(manifestAddress({ results: [1], ResultWriterDetails: DETAILS })).to.deep.equal(ADDRESS);
  });

  for (const event of [undefined, null, 5, 'text', [], {}, { results: null }, { results: { Bucket: 'b' } }]) {
    it(`refuses ${JSON.stringify(event)}, and says what it needs`, async () => {
      const error = await failure('InvalidEvent', () => manifestAddress(event));
      expect(error.message).to.include('results.ResultWriterDetails');
    });
  }

  for (const [name, details] of [
    ['Bucket', { Key: 'k' }],
    ['Bucket', { Bucket: '', Key: 'k' }],
    ['Key', { Bucket: 'b', Key: 5 }],
    ['Bucket', 'b/k'],
  ] as const) {
    it(`names ${name} when ResultWriterDetails is ${JSON.stringify(details)}`, async () => {
      const error = await failure('InvalidEvent', () => manifestAddress({ ResultWriterDetails: details }));
      expect(error.message).to.include(`ResultWriterDetails.${name}`);
    });
  }
});
