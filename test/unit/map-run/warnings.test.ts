import { expect } from 'chai';
import { parseManifest } from '../../../src/map-run/manifest.ts';
import { Warnings } from '../../../src/map-run/warnings.ts';

describe('Warnings', () => {
  const manifest = parseManifest(Buffer.from('{"DestinationBucket":"d","ResultFiles":{"SUCCEEDED":[]}}'), {
    bucket: 'b',
    key: 'k',
  });

  it('is empty when all is as expected', () => {
    for (const from of [
      { manifest: { bucket: 'd', key: 'k' }, followDestinationBucket: false },
      { manifest: { path: 'manifest.json' }, followDestinationBucket: false },
      { manifest: { bucket: 'b', key: 'k' }, followDestinationBucket: true },
    ]) {
      const warnings = new Warnings(manifest, from);
      warnings.size({ key: 's', size: 5 }, 5);
      warnings.size({ key: 's', size: 0 }, 5);
      expect(warnings.list).to.deep.equal([]);
    }
  });

  it('names both buckets when the manifest points to another one', () => {
    const warnings = new Warnings(manifest, {
      manifest: { bucket: 'b', key: 'k' },
      followDestinationBucket: false,
    });
    expect(warnings.list).to.have.length(1);
    expect(warnings.list[0]).to.include('DestinationBucket is d').and.include('read from b');
  });

  it('counts wrong sizes in one warning', () => {
    const warnings = new Warnings(manifest, { manifest: { path: 'm' }, followDestinationBucket: false });
    for (const key of ['s0', 's1', 's2']) warnings.size({ key, size: 1 }, 700);
    expect(warnings.list).to.deep.equal([
      'the manifest has a wrong Size for 3 of its result files, the first being s0, which has 700 bytes instead of 1',
    ]);
  });
});
