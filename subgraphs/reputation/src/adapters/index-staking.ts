import type { Freshness, IndexClient } from '@assay/kit';
import type { Address } from '@assay/wire';
import { z } from 'zod';
import { earnedRewards, shareValue, thawValue } from '../domain/stake-values.ts';
import type { ProviderStaking, Slash, Staker } from '../domain/staking.ts';
import {
  amount,
  hex,
  optionalSeconds,
  reference,
  SLASH,
  seconds,
  slashSchema,
} from './index-shapes.ts';

/** Stakes, delegations and slashes as the chain index knows them. */
export interface StakingIndex {
  byProviders(ids: readonly Address[]): Promise<ReadonlyMap<Address, ProviderStaking>>;
  byStaker(address: Address): Promise<Staker>;
  /** Newest first; of one provider, or of all. */
  slashes(provider: Address | undefined, first: number): Promise<readonly Slash[]>;
}

/** Staking counts delegated stake up to this many times the own stake. */
const DELEGATION_RATIO = 8n;

const providerSchema = z.object({
  id: hex,
  own: amount,
  ownThawing: amount,
  delegated: amount,
  delegatedThawing: amount,
  delegatorCutPpm: z.number(),
  nextDelegatorCutPpm: z.number(),
  nextDelegatorCutAt: seconds,
  unmatured: amount,
  slashes: z.array(slashSchema),
});
const providersSchema = z.object({ providers: z.array(providerSchema) });

const poolFields = 'id delegated delegatedThawing delegatedShares rewardPerShare';
const poolSchema = z.object({
  id: hex,
  delegated: amount,
  delegatedThawing: amount,
  delegatedShares: amount,
  rewardPerShare: amount,
});
const thawSchema = z.object({
  provider: z.object({
    id: hex,
    ownSurvival: z.string().transform(Number),
    ownEpoch: z.number(),
    delegatedSurvival: z.string().transform(Number),
    delegatedEpoch: z.number(),
  }),
  delegator: reference.nullable(),
  tokens: amount,
  survivalAtStart: z.string().transform(Number),
  epoch: z.number(),
  withdrawableAt: seconds,
  paidAt: optionalSeconds,
});
const stakerSchema = z.object({
  provider: z.object({ own: amount, slashes: z.array(slashSchema) }).nullable(),
  delegations: z.array(
    z.object({
      provider: poolSchema.extend({ slashes: z.array(slashSchema) }),
      shares: amount,
      rewardPerShare: amount,
      rewards: amount,
      since: seconds,
    }),
  ),
  ownThaws: z.array(thawSchema),
  delegatedThaws: z.array(thawSchema),
});

const PROVIDERS = `query ($ids: [Bytes!]!) {
  providers(first: 1000, where: { id_in: $ids }) {
    id own ownThawing delegated delegatedThawing delegatorCutPpm nextDelegatorCutPpm nextDelegatorCutAt unmatured
    slashes(first: 100, orderBy: at, orderDirection: desc) { ${SLASH} }
  }
}`;
const THAW = `provider { id ownSurvival ownEpoch delegatedSurvival delegatedEpoch } delegator { id }
  tokens survivalAtStart epoch withdrawableAt paidAt`;
const STAKER = `query ($id: ID!, $address: String!) {
  provider(id: $id) { own slashes(first: 100, orderBy: at, orderDirection: desc) { ${SLASH} } }
  delegations(first: 1000, where: { delegator: $address }) {
    provider { ${poolFields} slashes(first: 100, orderBy: at, orderDirection: desc) { ${SLASH} } }
    shares rewardPerShare rewards since
  }
  ownThaws: thaws(first: 1000, where: { provider: $address, delegator: null, paidAt: null }, orderBy: withdrawableAt) { ${THAW} }
  delegatedThaws: thaws(first: 1000, where: { delegator: $address, paidAt: null }, orderBy: withdrawableAt) { ${THAW} }
}`;
const SLASHES = `query ($where: Slash_filter!, $first: Int!) {
  slashes(first: $first, where: $where, orderBy: at, orderDirection: desc) { ${SLASH} }
}`;
const slashesSchema = z.object({ slashes: z.array(slashSchema) });

export function createStakingIndex(index: IndexClient, now: () => number = Date.now): StakingIndex {
  return {
    async byProviders(ids) {
      const { data, freshness } = await index.query(PROVIDERS, { ids }, providersSchema);
      const entries = data.providers.map(
        (provider) => [provider.id, stakingOf(provider, freshness, now())] as const,
      );
      return new Map(entries);
    },
    async byStaker(address) {
      const { data, freshness } = await index.query(STAKER, { id: address, address }, stakerSchema);
      return stakerOf(address, data, freshness);
    },
    async slashes(provider, first) {
      const where = provider === undefined ? {} : { provider };
      return (await index.query(SLASHES, { where, first }, slashesSchema)).data.slashes;
    },
  };
}

function stakingOf(
  provider: z.output<typeof providerSchema>,
  freshness: Freshness,
  now: number,
): ProviderStaking {
  const { own, ownThawing, delegated, delegatedThawing, nextDelegatorCutAt } = provider;
  const room = DELEGATION_RATIO * own - delegated;
  const cutChanged = nextDelegatorCutAt > 0 && nextDelegatorCutAt * 1_000 <= now;
  return {
    own,
    delegated,
    thawing: ownThawing + delegatedThawing,
    capacityLeft: room > 0n ? room : 0n,
    delegatorCutPpm: cutChanged ? provider.nextDelegatorCutPpm : provider.delegatorCutPpm,
    unmatured: provider.unmatured,
    slashes: provider.slashes,
    freshness,
  };
}

function stakerOf(
  address: Address,
  data: z.output<typeof stakerSchema>,
  freshness: Freshness,
): Staker {
  const delegations = data.delegations.map(({ provider, shares, rewards, rewardPerShare }) => ({
    providerId: provider.id,
    shares,
    value: shareValue(shares, provider),
    rewards: earnedRewards({ shares, rewards, rewardPerShare }, provider),
  }));
  const thaws = [...data.ownThaws, ...data.delegatedThaws].map((thaw) => ({
    providerId: thaw.provider.id,
    tokens: thawValue(thaw),
    withdrawableAt: thaw.withdrawableAt,
  }));
  const hit = data.delegations.flatMap(({ provider, since }) =>
    provider.slashes.filter(({ at }) => at >= since),
  );
  return {
    address,
    own: data.provider?.own ?? 0n,
    delegations: delegations.filter(({ shares, rewards }) => shares > 0n || rewards > 0n),
    thaws,
    rewards: delegations.reduce((sum, { rewards }) => sum + rewards, 0n),
    slashes: [...(data.provider?.slashes ?? []), ...hit].toSorted((a, b) => b.at - a.at),
    freshness,
  };
}
