import type { Visit } from './doctor-finding.ts';

/** Every RPC endpoint, and whether the contracts are there. True: what needs the chain can be asked. */
export async function checkChain({ config, chain, add }: Visit): Promise<boolean> {
  const { chainId, contracts } = config.chain.deployment;
  let good = 0;
  for (const { url, error, chainId: found, block } of await chain.health()) {
    const subject = `RPC ${url}`;
    if (error !== undefined)
      add({
        verdict: 'warn',
        subject,
        found: error,
        fix: 'Start it, or replace it in chain.rpcUrls.',
      });
    else if (found !== chainId)
      add({
        verdict: 'fail',
        subject,
        found: `chain ${found}, the deployment is on ${chainId}`,
        fix: 'Use an endpoint of the right chain.',
      });
    else {
      good += 1;
      add({ verdict: 'ok', subject, found: `chain ${found}, block ${block}` });
    }
  }
  if (good === 0) {
    add({
      verdict: 'fail',
      subject: 'chain',
      found: 'no endpoint answers',
      fix: 'Correct chain.rpcUrls.',
    });
    return false;
  }
  const code = await chain.read((rpc) => rpc.getCode(contracts.SessionEscrow));
  if (code !== '0x') return true;
  add({
    verdict: 'fail',
    subject: 'contracts',
    found: `no code at ${contracts.SessionEscrow}`,
    fix: 'chain.deployment is of another network: use the right file.',
  });
  return false;
}
