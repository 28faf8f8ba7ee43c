import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile, startPostgres } from '@assay/localnet/processes';
import { CASES } from '../tests/cases/index.ts';
import { ADDRESSES } from '../tests/mapping-case.ts';
import { prepareManifest } from './prepare-manifest.ts';
import { type CaseResult, type CaseRunner, runCases } from './run-cases.ts';

/** More than there are cores: half of a case's time is waiting. */
const LANES = 3;

const wanted = process.argv[2] ?? '';
const cases = CASES.filter(({ name }) => name.includes(wanted));
const directory = mkdtempSync(join(tmpdir(), 'assay-mappings-'));
// Contracts that are nowhere else deployed get an address too: the mocked chain has only the indexed ones.
const contracts = { ...ADDRESSES, TestUSD: ADDRESSES.Staking, AssayToken: ADDRESSES.Staking };
const manifest = await prepareManifest({ chainId: 1, deployBlock: 0, contracts }, directory);
const postgres = await startPostgres({ logFile: join(directory, 'postgres.log') });
try {
  let databases = 0;
  const runner: CaseRunner = {
    gnd: packageFile('gnd', '@graphprotocol/gnd-linux-x64', 'bin/gnd'),
    manifest,
    directory,
    newDatabase: () => postgres.createDatabase(`mappings-${++databases}`),
  };
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    runCases(
      cases.filter((_each, index) => index % LANES === lane),
      runner,
    ),
  );
  report((await Promise.all(lanes)).flat());
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

function report(results: readonly CaseResult[]) {
  for (const { name, passed, said } of results) {
    process.stdout.write(`${passed ? '✔' : '✘'} ${name}\n${passed ? '' : `${said}\n`}`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
}
