import type { Address, Hex } from './units.ts';

/**
 * Every key Assay keeps in Redis, who writes it and who reads it. Hash tags keep what changes together in
 * one slot of a cluster. See PROTOCOL.md "Redis".
 */
export const redisKeys = {
  /** Hash; writer jobs. The job's current state. */
  job: (jobId: Hex) => `{job:${jobId}}:state`,
  /** Stream; writer jobs. The job's events, entry id `seq-0`, field `event` = JSON. */
  jobEvents: (jobId: Hex) => `{job:${jobId}}:events`,
  /** String JSON; writer jobs. The last routing decision. */
  jobRoute: (jobId: Hex) => `{job:${jobId}}:route`,
  /** Hash; writer jobs. Deposit, held, spent, vouchers by offer. */
  session: (sessionId: Hex) => `{session:${sessionId}}:state`,
  /** Hash offerId -> JSON; writer jobs. Cumulative amounts, vouchers, guarantees, receipts chain. */
  sessionOffers: (sessionId: Hex) => `{session:${sessionId}}:offers`,
  /** Hash jobId -> amount; writer jobs. What running jobs may cost at most. */
  sessionHolds: (sessionId: Hex) => `{session:${sessionId}}:holds`,
  /** Stream; writer jobs. Statement lines. */
  sessionLines: (sessionId: Hex) => `{session:${sessionId}}:lines`,
  /** Hash idempotency key -> jobId and intent hash; writer jobs. */
  sessionIdempotency: (sessionId: Hex) => `{session:${sessionId}}:idempotency`,
  /** String sessionId; writer jobs, reader gateway. Key: hex sha256 of the bearer token = grant.salt. */
  token: (tokenHash: Hex) => `token:${tokenHash.slice(2)}`,
  /** Hash with `json` = ProviderLive; writer jobs, reader providers. Expires after three missed heartbeats. */
  providerLive: (provider: Address) => `{provider:${provider}}:live`,
  /** Set of `sessionId:offerId`; writer jobs. Payments this provider has not acknowledged. */
  providerPayments: (provider: Address) => `{provider:${provider}}:payments`,
  /** String JSON with expiry; writer jobs. A firm quote. */
  quote: (quoteId: Hex) => `quote:${quoteId}`,
  /** Sorted set instance -> last sign of life (epoch ms); writer jobs. Finds the jobs of instances that died. */
  jobsInstances: 'jobs:instances',
  /** Set of jobIds under way at one instance; writer jobs. */
  jobsRunning: (instance: string) => `jobs:running:${instance}`,
  /** Sorted set provider -> last heartbeat (epoch ms); writer jobs, reader providers. */
  providersLive: 'providers:live',
  /** Stream; writer jobs, reader reputation. Sharded by provider. */
  outcomes: (shard: number) => `outcomes:${shard}`,
  /** String JSON ScoreSnapshot; writer reputation's leader, reader jobs. */
  scores: 'scores:current',
  /** Pub/sub channel; reputation's leader announces each snapshot's version and changes. */
  scoresChannel: 'scores:changed',
  /** String with expiry; reputation's instances elect the writer of `scores`. */
  scoresLeader: 'scores:leader',
  /** Hash of reputation's own running state, so a restart resumes the outcome streams. */
  scoresState: 'scores:state',
  limit: (name: string, subject: string) => `limit:${name}:${subject}`,
} as const;

export const OUTCOME_SHARDS = 16;

/** Which of the outcome streams a provider's outcomes go to. */
export function outcomeShard(provider: Address): number {
  return Number.parseInt(provider.slice(-1), 16) % OUTCOME_SHARDS;
}
