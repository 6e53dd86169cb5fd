import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** A package that is not among this one's dependencies, from the folder that `npm run bench:peers` made. */
export function requirePeer<T>(peers: string, name: string): T {
  return createRequire(join(resolve(peers), 'package.json'))(name) as T;
}
