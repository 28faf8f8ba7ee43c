import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GraphNode,
  pollUntil,
  startAnvil,
  startGraphNode,
  startPostgres,
} from '@assay/localnet/processes';
import { prepareManifest } from '@assay/thegraph';
import { expect, onTestFinished, test } from 'vitest';
import { ADDRESSES } from '../mapping-case.ts';
import { query } from './ask-index.ts';

test('a killed index resumes where it was, and follows a reorg that it slept through', {
  timeout: 120_000,
}, async () => {
  const { anvil, start, headOf } = await setup();
  await anvil.rpc('anvil_mine', '0x14');
  const first = await start();
  await reaches(first, await headOf());

  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  await anvil.rpc('anvil_reorg', 5, []);
  await anvil.rpc('anvil_mine', '0x2');
  const second = await start();

  await reaches(second, await headOf());
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

async function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'assay-resume-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const anvil = await startAnvil({ logFile: join(directory, 'anvil.log') });
  onTestFinished(() => anvil.stop());
  const postgres = await startPostgres({ logFile: join(directory, 'postgres.log') });
  onTestFinished(() => postgres.stop());
  const contracts = { ...ADDRESSES, TestUSD: ADDRESSES.Staking, AssayToken: ADDRESSES.Staking };
  const manifest = await prepareManifest(
    { chainId: anvil.chainId, deployBlock: 1, contracts },
    join(directory, 'index'),
  );
  const databaseUrl = await postgres.createDatabase('resume');
  const start = async () => {
    const index = await startGraphNode({
      ...{ manifest, databaseUrl, rpcUrl: anvil.url, network: 'localnet' },
      logFile: join(directory, 'index.log'),
    });
    onTestFinished(() => index.stop());
    return index;
  };
  const headOf = async () => {
    const block = (await anvil.rpc('eth_getBlockByNumber', 'latest', false)) as { hash: string };
    return block.hash;
  };
  return { anvil, start, headOf };
}

function reaches(index: GraphNode, hash: string): Promise<void> {
  const isThere = async () => {
    const { _meta } = await query<{ _meta: { block: { hash: string } } }>(
      index.url,
      '{ _meta { block { hash } } }',
    );
    return _meta.block.hash === hash;
  };
  return pollUntil(isThere, AbortSignal.timeout(60_000));
}
