import { expect } from 'chai';
import type { Manifest } from '../../../src/map-run/manifest.ts';
import { defaultOutput, MAX_PARTS, MIN_PART_SIZE, makePlan } from '../../../src/map-run/plan.ts';
import { failure } from '../../support/errors.ts';

const GIB = 1024 ** 3;

function manifestOf(...sizes: number[]): Manifest {
  const succeeded = sizes.map((size, index) => ({ key: `s${index}`, size }));
  return {
    destinationBucket: undefined,
    mapRunArn: undefined,
    resultFiles: { SUCCEEDED: succeeded, FAILED: [], PENDING: [] },
  };
}

describe('makePlan', () => {
  it("keeps the manifest's order of files and adds their sizes up", () => {
    const plan = makePlan(manifestOf(3, 0, 5), 14);
    expect(plan.files.map((file) => file.key)).to.deep.equal(['s0', 's1', 's2']);
    expect(plan.bytes).to.equal(8);
    expect(plan.partSize).to.equal(MIN_PART_SIZE);
  });

  it('takes the part size that it is asked for, where that will do', () => {
    expect(makePlan(manifestOf(40 * GIB), 0, 16 * 1024 ** 2).partSize).to.equal(16 * 1024 ** 2);
  });

  for (const gib of [48, 49, 200, 4096, 48_000]) {
    it(`holds ${gib} GiB in 10,000 parts`, () => {
      const sizes = Array.from({ length: Math.ceil(gib / 5) }, () => (gib * GIB) / Math.ceil(gib / 5));
      const { partSize, bytes } = makePlan(manifestOf(...sizes.map(Math.floor)), 14);
      expect(partSize * MAX_PARTS).to.be.at.least(bytes + 14);
      expect(partSize).to.be.at.least(MIN_PART_SIZE);
    });
  }

  it('refuses what not even parts of 5 GiB would hold', async () => {
    const error = await failure('InvalidOption', () => makePlan(manifestOf(50_000 * GIB), 1));
    expect(error.message).to.include(String(50_000 * GIB));
  });
});

describe('defaultOutput', () => {
  const manifest = { bucket: 'b', key: 'consignment/drawn/results.json/run/manifest.json' };

  it("is {first segment of the manifest's key}/{uuid v5}/results.json in its bucket", () => {
    const { bucket, key } = defaultOutput(manifest);
    expect(bucket).to.equal('b');
    expect(key).to.match(
      /^consignment\/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\/results\.json$/,
    );
  });

  it('is the same every time, and the same that other tools derive', () => {
    // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 's3://b/consignment/drawn/results.json/run/manifest.json'))"
    expect(defaultOutput(manifest).key).to.equal(
      'consignment/7a17d6c1-8d43-560a-bdc4-10e0c5c1354a/results.json',
    );
  });

  it('is another one for another manifest', () => {
    const redriven = { ...manifest, key: 'consignment/drawn/results.json/run/Redrive-1/manifest.json' };
    const keys = [manifest, redriven, { ...manifest, bucket: 'c' }].map(
      (address) => defaultOutput(address).key,
    );
    expect(new Set(keys).size).to.equal(3);
  });

  it('has no first segment where the key has but one', () => {
    expect(defaultOutput({ bucket: 'b', key: 'manifest.json' }).key).to.match(
      /^[0-9a-f-]{36}\/results\.json$/,
    );
  });
});
