import { expect } from 'chai';
import type { Manifest } from '../../../src/map-run/manifest.ts';
import { MAX_PARTS, MIN_PART_SIZE, makePlan } from '../../../src/map-run/plan.ts';
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

const size = (envelopeBytes: number) => ({ envelopeBytes, failures: false, growth: 1 });

describe('makePlan', () => {
  it("keeps the manifest's order of files and adds their sizes up", () => {
    const plan = makePlan(manifestOf(3, 0, 5), size(14), MIN_PART_SIZE);
    expect(plan.files.map((file) => file.key)).to.deep.equal(['s0', 's1', 's2']);
    expect(plan.bytes).to.equal(8);
    expect(plan.partSize).to.equal(MIN_PART_SIZE);
  });

  it('takes the part size that it is asked for, where that will do', () => {
    expect(makePlan(manifestOf(40 * GIB), size(0), 16 * 1024 ** 2).partSize).to.equal(16 * 1024 ** 2);
  });

  for (const gib of [48, 49, 200, 4096, 48_000]) {
    it(`holds ${gib} GiB in 10,000 parts`, () => {
      const sizes = Array.from({ length: Math.ceil(gib / 5) }, () => (gib * GIB) / Math.ceil(gib / 5));
      const { partSize, bytes } = makePlan(manifestOf(...sizes.map(Math.floor)), size(14), MIN_PART_SIZE);
      expect(partSize * MAX_PARTS).to.be.at.least(bytes + 14);
      expect(partSize).to.be.at.least(MIN_PART_SIZE);
    });
  }

  it('leaves room for failures, and for ASCII', () => {
    const manifest = manifestOf(30 * GIB);
    const failed = { ...manifest.resultFiles, FAILED: [{ key: 'f', size: 30 * GIB }] };
    const plan = (failures: boolean, growth: number) =>
      makePlan({ ...manifest, resultFiles: failed }, { envelopeBytes: 9, failures, growth }, MIN_PART_SIZE);
    expect(plan(false, 1).partSize).to.equal(MIN_PART_SIZE);
    expect(plan(true, 1)).to.include({ documentBytes: 60 * GIB + 9 });
    expect(plan(true, 1).partSize).to.be.above(MIN_PART_SIZE);
    expect(plan(false, 3).partSize * MAX_PARTS).to.be.at.least(90 * GIB);
  });

  it('refuses what not even parts of 5 GiB would hold', async () => {
    const error = await failure('InvalidOption', () =>
      makePlan(manifestOf(50_000 * GIB), size(1), MIN_PART_SIZE),
    );
    expect(error.message).to.include(String(50_000 * GIB));
  });
});
