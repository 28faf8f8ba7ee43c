import { writeFileSync } from 'node:fs';
import { INDEXED_CONTRACTS } from './contracts.ts';
import { abiFile, declaredAbis } from './read-abis.ts';

const abis = declaredAbis();
for (const name of INDEXED_CONTRACTS) {
  writeFileSync(abiFile(name), `${JSON.stringify(abis[name], null, 2)}\n`);
}
