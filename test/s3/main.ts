/**
 * The tests that use S3, with a server that is there already instead of the embedded one:
 * `npm run test:s3 -- --endpoint http://127.0.0.1:9000`. It makes buckets of its own there, and deletes them.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FEATURES, parseFeatures } from '../support/s3-features.ts';

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string' },
    // Without them region and credentials come the SDK's own way.
    'access-key': { type: 'string' },
    'secret-key': { type: 'string' },
    region: { type: 'string' },
    // Features that the server is known to lack: see s3-features.ts.
    without: { type: 'string', default: '' },
  },
});
const { endpoint, 'access-key': accessKey, 'secret-key': secretKey, region, without } = values;
if (!endpoint || !URL.canParse(endpoint)) throw new Error('--endpoint must be the URL of an S3 server');
if ((accessKey === undefined) !== (secretKey === undefined))
  throw new Error('--access-key and --secret-key must be given together');

console.log(`S3 at ${endpoint}`);
const lacking = parseFeatures(without);
for (const feature of lacking)
  console.log(`Declared without ${feature}; what needs it there is: ${FEATURES[feature]}`);

const notRun = {
  'test/integration/demo.test.ts': 'it is about the embedded server',
  'test/integration/keys.test.ts': 'not every store takes such keys; it is about the client',
  ...(lacking.includes('list-uploads') && { 'test/s3/**': 'cleanup needs list-uploads' }),
};
for (const [path, why] of Object.entries(notRun)) console.log(`Not run: ${path}, as ${why}`);

const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...others } = process.env;
const { status, error } = spawnSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('mocha/bin/mocha.js')),
    'test/integration/**/*.test.ts',
    'test/s3/**/*.test.ts',
    ...Object.keys(notRun).map((path) => `--ignore=${path}`),
    '--timeout=120000',
  ],
  {
    stdio: 'inherit',
    env: {
      ...(accessKey === undefined ? process.env : others),
      TEST_S3_ENDPOINT: endpoint,
      TEST_S3_WITHOUT: without,
      ...(region !== undefined && { AWS_REGION: region }),
      ...(accessKey !== undefined && { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey }),
    },
  },
);
if (error) throw error;
process.exitCode = status ?? 1;
