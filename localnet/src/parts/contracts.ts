import { deploy } from '@assay/protocol/deploy';
import type { Deployment } from '@assay/wire';
import { JsonRpcProvider } from 'ethers';
import type { Context } from './context.ts';
import { postBond } from './post-bond.ts';

const BOND = 10_000_000_000n;

export interface Contracts {
  readonly deployment: Deployment;
  /** The deployment as JSON, for the processes that read it. */
  readonly file: string;
}

/** Deploys the contracts with a local network's parameters, and posts the gateway's bond. */
export function deployContracts(
  context: Context,
  chain: { readonly url: string },
): Promise<Contracts> {
  context.signal.throwIfAborted();
  return context.reporter.stage('contracts', async (note) => {
    const { deployer, gateway } = context.actors;
    const file = context.place('deployment.json');
    const deployment = await deploy({
      rpcUrl: chain.url,
      deployerKey: deployer.privateKey,
      statePath: file,
    });
    const rpc = new JsonRpcProvider(chain.url, deployment.chainId, {
      staticNetwork: true,
      pollingInterval: 50,
    });
    try {
      await postBond(rpc, deployment, { gateway, amount: BOND });
    } finally {
      rpc.destroy();
    }
    note(`${Object.keys(deployment.contracts).length} deployed, gateway bonded`);
    return { deployment, file };
  });
}
