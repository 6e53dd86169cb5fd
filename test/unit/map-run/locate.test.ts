import { resolve, sep } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { locator } from '../../../src/map-run/locate.ts';
import type { Manifest } from '../../../src/map-run/manifest.ts';
import type { Location } from '../../../src/storage/location.ts';
import { failure } from '../../support/errors.ts';

function manifest(parts: Partial<Manifest> = {}): Manifest {
  return {
    destinationBucket: 'elsewhere',
    mapRunArn: 'arn:aws:states:eu-west-2:0:mapRun:sm/Map:1234',
    resultFiles: { SUCCEEDED: [], FAILED: [], PENDING: [] },
    ...parts,
  };
}

describe('locator', () => {
  describe('on S3', () => {
    const location = { bucket: 'b', key: 'p/1234/manifest.json' };

    it('stays in the bucket of the manifest', () => {
      expect(locator(manifest(), location, false)('p/s')).to.deep.equal({ bucket: 'b', key: 'p/s' });
    });

    it('follows DestinationBucket when asked to, if there is one', () => {
      expect(locator(manifest(), location, true)('k')).to.deep.equal({ bucket: 'elsewhere', key: 'k' });
      expect(locator(manifest({ destinationBucket: undefined }), location, true)('k')).to.deep.equal({
        bucket: 'b',
        key: 'k',
      });
    });
  });

  describe('beside a local manifest', () => {
    const at = (path: string, key: string, parts?: Partial<Manifest>) =>
      locator(manifest(parts), { path }, false)(key);

    it("is the key's part after the map run id, below the manifest's folder", () => {
      expect(at('run/manifest.json', 'p/q/1234/SUCCEEDED_0.json')).to.deep.equal({
        path: resolve('run/SUCCEEDED_0.json'),
      });
      expect(at('run/manifest.json', 'p/1234/Redrive-1/SUCCEEDED_0.json')).to.deep.equal({
        path: resolve('run/Redrive-1/SUCCEEDED_0.json'),
      });
    });

    it('is below the parent of a Redrive-N folder', () => {
      expect(at('run/Redrive-12/manifest.json', 'p/1234/SUCCEEDED_0.json')).to.deep.equal({
        path: resolve('run/SUCCEEDED_0.json'),
      });
      expect(at('run/Redrive-12/manifest.json', 'p/1234/Redrive-12/SUCCEEDED_0.json')).to.deep.equal({
        path: resolve('run/Redrive-12/SUCCEEDED_0.json'),
      });
    });

    it('takes the last of several parts that are the map run id, and a key that begins with it', () => {
      expect(at('run/manifest.json', '1234/1234/S')).to.deep.equal({ path: resolve('run/S') });
      expect(at('run/manifest.json', '1234/S')).to.deep.equal({ path: resolve('run/S') });
    });

    it('goes by the shape of the key where there is no MapRunArn', () => {
      expect(at('run/manifest.json', 'p/id/S.json', { mapRunArn: undefined })).to.deep.equal({
        path: resolve('run/S.json'),
      });
      expect(
        at('run/Redrive-1/manifest.json', 'p/id/Redrive-1/S.json', { mapRunArn: undefined }),
      ).to.deep.equal({
        path: resolve('run/Redrive-1/S.json'),
      });
    });

    it('takes characters as they are, and decodes nothing', () => {
      const name = '%2e%2e%2fa+b c\\..\\é\u001b\n';
      expect(at('run/manifest.json', `p/1234/${name}`)).to.deep.equal({ path: resolve(`run/${name}`) });
    });

    it('is below it, or refused, whatever key and MapRunArn are', () => {
      const parts = ['..', '.', '', '1234', 'Redrive-1', 'a', '%2e%2e', '\0', '\\..', '~', '\n'];
      const path = fc.array(fc.constantFrom(...parts)).map((segments) => segments.join('/'));
      const arn = fc.option(
        path.map((id) => `arn:aws:states:eu-west-2:0:mapRun:sm/Map:${id}`),
        { nil: undefined },
      );
      fc.assert(
        fc.property(path, arn, fc.constantFrom('run', 'run/Redrive-1'), (key, mapRunArn, folder) => {
          let found: Location;
          try {
            found = at(`${folder}/manifest.json`, key, { mapRunArn });
          } catch (error) {
            expect(error).to.have.property('name', 'ManifestMalformed');
            return;
          }
          expect('path' in found && found.path.startsWith(resolve('run') + sep)).to.equal(true);
        }),
        { numRuns: 1000 },
      );
    });

    for (const key of [
      'p/5678/S.json',
      'x1234/S.json',
      'p/1234/',
      'p/1234/../S',
      'p/1234/../../etc/passwd',
      'p/1234/..',
      'p/1234//etc/passwd',
      'p/1234/Redrive-1/../../S',
    ]) {
      it(`refuses ${key}, which is not below it`, async () => {
        const error = await failure('ManifestMalformed', () => at('run/manifest.json', key));
        expect(error.message).to.include(key);
        expect(error).to.include({ key, path: 'run/manifest.json' });
      });
    }
  });
});
