/** What a staking page shows, in one query; README.md explains it. */
export const STAKING_PAGE = `query StakingPage($staker: Address!) {
  staker(address: $staker) {
    own rewards freshness { indexedBlock lagSeconds stale }
    delegations { shares value rewards provider { id reputation { score } staking { delegatorCutPpm yield30d } } }
    thaws { tokens withdrawableAt provider { id } }
    slashes { own delegated reason evidence at transaction provider { id } }
  }
  leaderboard(first: 20) {
    id
    reputation { score parts { name value weight explanation } lastChange { at from to reason } }
    staking { own delegated thawing capacityLeft delegatorCutPpm unmatured yield7d yield30d yield90d slashes { own reason at } }
  }
  slashes(first: 10) { provider { id } own delegated reason evidence at transaction }
  disputes(first: 10) { edges { node { id status ticket reporter openedAt deadline provider { id } } } }
  protocolStats(interval: DAY) { start jobs fees staked delegated slashed }
}`;
