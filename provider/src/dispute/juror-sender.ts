import type { Address } from '@assay/wire';
import type { Chain } from '../chain/chain.ts';
import { createSender, type Sender } from '../chain/sender.ts';
import { openKey } from '../keys/open-key.ts';
import type { LoadedConfig } from '../load-config.ts';

/** Sends a juror's votes; undefined where the provider does not serve, or its owner key is not here. */
export async function jurorSender({
  config,
  environment,
  chain,
  provider,
}: {
  readonly config: LoadedConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly chain: Chain;
  readonly provider: Address;
}): Promise<Sender | undefined> {
  const { ownerKey } = config.keys;
  if (!config.disputes.juror || ownerKey === undefined) return undefined;
  const sender = createSender({
    chain,
    privateKey: await openKey(ownerKey, environment),
    pollMs: config.chain.pollMs,
  });
  return sender.address === provider ? sender : undefined;
}
