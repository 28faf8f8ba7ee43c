import { type RpcClient, RpcError } from '@assay/kit';
import { type Address, AssayError, type Deployment, type Hex } from '@assay/wire';
import { Interface } from 'ethers';
import { z } from 'zod';
import type { StakingAction } from '../domain/staking-action.ts';
import type { TransactionBuilder, TransactionRequest } from '../domain/transaction.ts';

const staking = new Interface([
  'function stake(uint256 tokens)',
  'function thaw(uint256 tokens)',
  'function withdraw(address provider)',
  'function delegate(address provider, uint256 tokens, uint256 minShares)',
  'function undelegate(address provider, uint256 shares)',
  'function withdrawDelegated(address provider, address delegator)',
  'function claimRewards(address provider)',
  'function pool(address provider) view returns (tuple(uint128 tokens, uint128 thawingTokens, uint128 shares, uint128 thawingShares, uint64 nonce, uint256 rewardPerShare))',
  'error StakingZeroAmount()',
  'error StakingBelowMinimum(uint256 tokens, uint256 minimum)',
  'error StakingInsufficient(uint256 asked, uint256 available)',
  'error StakingTooManyThaws(uint256 limit)',
  'error StakingNothingThawed(address account)',
  'error StakingTooFewShares(uint256 shares, uint256 minShares)',
  'error StakingNothingToClaim(address provider, address delegator)',
  'error StakingWrongAmountReceived(uint256 received, uint256 expected)',
  'error EntryIsPaused(uint64 until)',
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
]);
const token = new Interface([
  'function approve(address spender, uint256 value)',
  'function allowance(address owner, address spender) view returns (uint256)',
]);

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
  const error = data === undefined ? null : staking.parseError(data);
  if (error === null) return message.slice(0, 200);
  const values = error.fragment.inputs.map(({ name }, place) => `${name} ${error.args[place]}`);
  return `${error.name}${values.length > 0 ? `: ${values.join(', ')}` : ''}`;
}
