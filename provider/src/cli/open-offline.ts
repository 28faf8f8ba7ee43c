import { signerOf } from '@assay/wire';
import { createChain } from '../chain/chain.ts';
import { createSender } from '../chain/sender.ts';
import { openKey } from '../keys/open-key.ts';
import type { LoadedConfig } from '../load-config.ts';
import { type Claimer, createClaimer } from '../settlement/claimer.ts';
import { createLedger } from '../settlement/ledger.ts';
import { createSessionReader } from '../settlement/session-facts.ts';
import { createTally } from '../settlement/tally.ts';
import { openJournal } from '../store/journal.ts';
import { identifyProvider } from '../supervisor/identify-provider.ts';
import { createLog } from '../telemetry/log.ts';

/** Claims and withdraws without a running provider, on the same journal. */
export async function withClaimer<T>(
  config: LoadedConfig,
  environment: NodeJS.ProcessEnv,
  work: (claimer: Claimer) => Promise<T>,
): Promise<T> {
  const { deployment, rpcUrls, timeoutMs, pollMs } = config.chain;
  const privateKey = await openKey(config.keys.receiptKey, environment);
  const journal = openJournal(config.dataDir);
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  try {
    const provider = await identifyProvider(
      { chain, deployment },
      signerOf(privateKey).address,
      config.keys.provider,
    );
    const escrow = deployment.contracts.SessionEscrow;
    const sessions = createSessionReader({
      chain,
      escrow,
      deployBlock: deployment.deployBlock,
      ttlMs: 1_000,
      confirmations: config.credit.confirmations,
      now: Date.now,
    });
    const claimer = createClaimer({
      ...{ provider, escrow, chain, sessions },
      sender: createSender({ chain, privateKey, pollMs: Math.min(pollMs, 500) }),
      ledger: createLedger(journal, createTally(journal)),
      rules: { ...config.settlement, maxAgeMs: config.settlement.maxAgeSeconds * 1000 },
      claimEveryMs: 1e9,
      autoWithdrawAbove: 0n,
      log: createLog('warn'),
    });
    return await work(claimer);
  } finally {
    chain.close();
    journal.close();
  }
}
