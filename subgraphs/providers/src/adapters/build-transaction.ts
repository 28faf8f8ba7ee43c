import { type RpcClient, RpcError } from '@assay/kit';
import {
  type Address,
  AssayError,
  assayTokenAbi,
  type Deployment,
  type Hex,
  stakingAbi,
} from '@assay/wire';
import { Interface } from 'ethers';
import { z } from 'zod';
import type { StakingAction } from '../domain/staking-action.ts';
import type { TransactionBuilder, TransactionRequest } from '../domain/transaction.ts';

const staking = new Interface(stakingAbi);
const token = new Interface(assayTokenAbi);

/** Shares may come out this much fewer than now before a delegation is refused: a slash or a claim lies between. */
const SLIPPAGE_PPM = 5_000n;

const bytes = z.string().transform((value) => value as Hex);
const quantity = z.string().transform(BigInt);

/** Builds what a wallet sends to the staking contract, and tries it on the chain as it is now. */
export function createTransactionBuilder(
  rpc: RpcClient,
  { contracts }: Deployment,
): TransactionBuilder {
  const { Staking, AssayToken } = contracts;

  const view = async (to: Address, abi: Interface, name: string, args: readonly unknown[]) => {
    const data = abi.encodeFunctionData(name, args);
    return abi.decodeFunctionResult(
      name,
      await rpc.call('eth_call', [{ to, data }, 'latest'], bytes),
    );
  };

  const encode = async (action: StakingAction, from: Address): Promise<Hex> => {
    const data = (name: string, ...args: unknown[]) =>
      staking.encodeFunctionData(name, args) as Hex;
    switch (action.kind) {
      case 'stake':
      case 'thaw':
        return data(action.kind, action.tokens);
      case 'withdraw':
        return data('withdraw', from);
      case 'delegate': {
        const [pool] = await view(Staking, staking, 'pool', [action.provider]);
        const minShares = sharesFor(action.amount, poolSchema.parse(pool.toObject()));
        return data('delegate', action.provider, action.amount, minShares);
      }
      case 'undelegate':
        return data('undelegate', action.provider, action.amount);
      case 'withdrawDelegated':
        return data('withdrawDelegated', action.provider, from);
      case 'claimRewards':
        return data('claimRewards', action.provider);
    }
  };

  const simulated = async (to: Address, data: Hex, from: Address): Promise<TransactionRequest> => {
    const request = { to, data, value: 0n, approval: undefined };
    try {
      const gas = await rpc.call('eth_estimateGas', [{ from, to, data }], quantity);
      return { ...request, gas, simulation: 'ok' };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { ...request, gas: undefined, simulation: reasonOf(error) };
    }
  };

  const approvalFor = async (action: StakingAction, from: Address) => {
    const spent = action.kind === 'stake' ? action.tokens : amountDelegated(action);
    if (spent === undefined) return undefined;
    const [allowance] = await view(AssayToken, token, 'allowance', [from, Staking]);
    if (z.bigint().parse(allowance) >= spent) return undefined;
    const data = token.encodeFunctionData('approve', [Staking, spent]) as Hex;
    return simulated(AssayToken, data, from);
  };

  return {
    async build(action, from) {
      try {
        const approval = await approvalFor(action, from);
        const request = await simulated(Staking, await encode(action, from), from);
        return { ...request, approval };
      } catch (cause) {
        throw new AssayError('S408', { cause, hint: 'Try again; the chain did not answer.' });
      }
    },
  };
}

function amountDelegated(action: StakingAction): bigint | undefined {
  return action.kind === 'delegate' ? action.amount : undefined;
}

const poolSchema = z.object({
  tokens: z.bigint(),
  thawingTokens: z.bigint(),
  shares: z.bigint(),
});

/** What a delegation buys now, less the slippage; an empty pool gives one share a token. */
function sharesFor(amount: bigint, pool: z.infer<typeof poolSchema>): bigint {
  const active = pool.tokens - pool.thawingTokens;
  const shares = active === 0n || pool.shares === 0n ? amount : (amount * pool.shares) / active;
  return (shares * (1_000_000n - SLIPPAGE_PPM)) / 1_000_000n;
}

/** The contract's own error with its values, or the chain's words. */
function reasonOf({ data, message }: RpcError): string {
  const error = data === undefined ? null : (staking.parseError(data) ?? token.parseError(data));
  if (error === null) return message.slice(0, 200);
  const values = error.fragment.inputs.map(({ name }, place) => `${name} ${error.args[place]}`);
  return `${error.name}${values.length > 0 ? `: ${values.join(', ')}` : ''}`;
}
