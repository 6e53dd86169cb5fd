import { expect } from 'chai';
import { defaultOutput } from '../../../src/map-run/output-key.ts';
import { failure } from '../../support/errors.ts';

const TEMPLATE = '{0}/{uuid}/results.json';

describe('defaultOutput', () => {
  const manifest = { bucket: 'b', key: 'consignment/drawn/results.json/run/manifest.json' };

  it("is {first segment of the manifest's key}/{uuid v5}/results.json in its bucket", () => {
    const { bucket, key } = defaultOutput(manifest, TEMPLATE);
    expect(bucket).to.equal('b');
    expect(key).to.match(
      /^consignment\/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\/results\.json$/,
    );
  });

  it('is the same every time, and the same that other tools derive', () => {
    // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 's3://b/consignment/drawn/results.json/run/manifest.json'))"
    expect(defaultOutput(manifest, TEMPLATE).key).to.equal(
      'consignment/7a17d6c1-8d43-560a-bdc4-10e0c5c1354a/results.json',
    );
  });

  it('is another one for another manifest', () => {
    const redriven = { ...manifest, key: 'consignment/drawn/results.json/run/Redrive-1/manifest.json' };
    const keys = [manifest, redriven, { ...manifest, bucket: 'c' }].map(
      (address) => defaultOutput(address, TEMPLATE).key,
    );
    expect(new Set(keys).size).to.equal(3);
  });

  const templates: [template: string, key: string, expected: string][] = [
    ['{0}/{1}/all.json', 'a/b/c/id/manifest.json', 'a/b/all.json'],
    ['x/{mapRunId}/{redrive}.json', 'a/id/manifest.json', 'x/id/0.json'],
    ['x/{mapRunId}/{redrive}.json', 'a/id/Redrive-12/manifest.json', 'x/id/12.json'],
    ['plain.json', 'a/manifest.json', 'plain.json'],
    ['{0}', 'é+%2F/manifest.json', 'é+%2F'],
  ];
  for (const [template, key, expected] of templates) {
    it(`makes ${expected} of ${template} for ${key}`, () => {
      expect(defaultOutput({ bucket: 'b', key }, template)).to.deep.equal({ bucket: 'b', key: expected });
    });
  }

  for (const template of ['{9}', '{nonsense}', '{}', '{constructor}', '{-1}']) {
    it(`refuses ${template}, and says what there is`, async () => {
      const error = await failure('InvalidOption', () => defaultOutput(manifest, template));
      expect(error.message).to.include(template).and.include('mapRunId');
    });
  }
});
