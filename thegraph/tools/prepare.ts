import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AssayError, deploymentSchema } from '@assay/wire';
import { prepareManifest } from './prepare-manifest.ts';

const { values } = parseArgs({
  options: {
    deployment: { type: 'string' },
    network: { type: 'string' },
    out: { type: 'string' },
  },
});
const { deployment, network, out } = values;
if (deployment === undefined || network === undefined || out === undefined) {
  throw new AssayError('I100', {
    hint: 'npm run thegraph:prepare -- --deployment FILE --network NAME --out DIRECTORY',
  });
}
const parsed = deploymentSchema.parse(JSON.parse(readFileSync(deployment, 'utf8')));
const manifest = await prepareManifest(parsed, resolve(out), { network });
process.stdout.write(`graph deploy --node URL --ipfs URL NAME ${manifest}\n`);
