import { ascii, DELEGATOR, PROTOCOL, PROVIDER, REPORTER, TICKET } from '../actors.ts';
import { emit, mappingCase, secondOf } from '../mapping-case.ts';

const protocol = (fields: string) => `protocol(id: "${PROTOCOL}") { ${fields} }`;
const provider = (fields: string) => `provider(id: "${PROVIDER}") { ${fields} }`;
const CLOCK = secondOf(10);

const staked = (tokens: number, ownTokens: number, ownThawing = 0) =>
  emit('Staking', 'Staked', { provider: PROVIDER, tokens, ownTokens, ownThawing });
const thawing = (requestId: number, tokens: number, ownTokens: number, ownThawing: number) =>
  emit('Staking', 'ThawStarted', {
    ...{ provider: PROVIDER, requestId, tokens, ownTokens, ownThawing },
    withdrawableAt: CLOCK,
  });
const delegated = (
  tokens: number,
  delegatorShares: number,
  poolTokens: number,
  poolShares: number,
) =>
  emit('Staking', 'Delegated', {
    ...{ provider: PROVIDER, delegator: DELEGATOR, tokens, shares: tokens, delegatorShares },
    ...{ poolTokens, poolThawing: 0, poolShares },
  });
const undelegated = (shares: number, delegatorShares: number, poolThawing: number) =>
  emit('Staking', 'Undelegated', {
    ...{ provider: PROVIDER, delegator: DELEGATOR, requestId: 0, tokens: shares, shares },
    ...{ withdrawableAt: CLOCK, delegatorShares, poolTokens: 400, poolThawing },
    poolShares: delegatorShares,
  });
const rewarded = (amount: number, rewardPerShare: string) =>
  emit('Staking', 'RewardsAdded', { provider: PROVIDER, from: REPORTER, amount, rewardPerShare });
const slashed = (own: number, delegated: number, after: Record<string, number>) =>
  emit('Staking', 'Slashed', {
    ...{ provider: PROVIDER, beneficiary: REPORTER, evidence: TICKET, reason: ascii('conflict') },
    ...{ own, delegated, reward: own / 4, ownThawing: 0, poolTokens: 0, poolThawing: 0, ...after },
  });

export const cases = [
  mappingCase(
    'a stake counts once for the provider and once for the protocol',
    [staked(1000, 1000), staked(500, 1500)],
    [
      provider('own ownThawing slashable registered'),
      { own: 1500, ownThawing: 0, slashable: 1500, registered: false },
    ],
    [protocol('staked stakedThawing providers'), { staked: 1500, stakedThawing: 0, providers: 0 }],
    [
      'stakePoints(orderBy: own) { own totalOwn }',
      [
        { own: 1000, totalOwn: 1000 },
        { own: 1500, totalOwn: 1500 },
      ],
    ],
  ),
  mappingCase(
    'the same post-state twice changes no total',
    [[staked(1000, 1000), staked(1000, 1000)]],
    [protocol('staked'), { staked: 1000 }],
    [
      'activities { kind amount }',
      [
        { kind: 'Staked', amount: 1000 },
        { kind: 'Staked', amount: 1000 },
      ],
    ],
  ),
  mappingCase(
    'a thaw runs from its request to its payment',
    [
      staked(1000, 1000),
      thawing(0, 400, 1000, 400),
      emit('Staking', 'Withdrawn', {
        provider: PROVIDER,
        requestId: 0,
        tokens: 400,
        ownTokens: 600,
        ownThawing: 0,
      }),
    ],
    [provider('own ownThawing slashable'), { own: 600, ownThawing: 0, slashable: 600 }],
    [
      'thaws { provider { id } delegator { id } requestId tokens paid paidAt requestedAt withdrawableAt }',
      [
        {
          provider: { id: PROVIDER },
          delegator: null,
          requestId: 0,
          tokens: 400,
          paid: 400,
          paidAt: secondOf(2),
          requestedAt: secondOf(1),
          withdrawableAt: CLOCK,
        },
      ],
    ],
    [protocol('staked stakedThawing'), { staked: 600, stakedThawing: 0 }],
  ),
  mappingCase(
    'a slash takes its part of thawing stake',
    [
      staked(1000, 1000),
      thawing(0, 400, 1000, 400),
      slashed(100, 0, { ownTokens: 900, ownThawing: 360 }),
      thawing(1, 100, 900, 460),
    ],
    [
      provider('own ownThawing ownSurvival ownEpoch slashedOwn slashCount'),
      {
        own: 900,
        ownThawing: 460,
        ownSurvival: '0.9',
        ownEpoch: 0,
        slashedOwn: 100,
        slashCount: 1,
      },
    ],
    [
      'thaws(orderBy: requestId) { tokens survivalAtStart epoch paid }',
      [
        { tokens: 400, survivalAtStart: '1', epoch: 0, paid: null },
        { tokens: 100, survivalAtStart: '0.9', epoch: 0, paid: null },
      ],
    ],
    [
      'slashes { provider { id } beneficiary evidence reason own delegated reward ownAfter block }',
      [
        {
          provider: { id: PROVIDER },
          beneficiary: REPORTER,
          evidence: TICKET,
          reason: 'conflict',
          own: 100,
          delegated: 0,
          reward: 25,
          ownAfter: 900,
          block: 2,
        },
      ],
    ],
    [
      protocol('staked stakedThawing slashedOwn slashRewards'),
      { staked: 900, stakedThawing: 460, slashedOwn: 100, slashRewards: 25 },
    ],
  ),
  mappingCase(
    'a slash that wipes out thawing stake ends its requests',
    [
      staked(1000, 1000),
      thawing(0, 1000, 1000, 1000),
      slashed(1000, 0, { ownTokens: 0 }),
      staked(500, 500),
      thawing(1, 100, 500, 100),
      emit('Staking', 'Withdrawn', {
        provider: PROVIDER,
        requestId: 0,
        tokens: 0,
        ownTokens: 500,
        ownThawing: 100,
      }),
    ],
    [
      provider('own ownThawing ownSurvival ownEpoch'),
      { own: 500, ownThawing: 100, ownSurvival: '1', ownEpoch: 1 },
    ],
    [
      'thaws(orderBy: requestId) { epoch survivalAtStart paid }',
      [
        { epoch: 0, survivalAtStart: '1', paid: 0 },
        { epoch: 1, survivalAtStart: '1', paid: null },
      ],
    ],
  ),
  mappingCase(
    'a slash reaches the pool, thawing shares included',
    [
      staked(100, 100),
      delegated(400, 400, 400, 400),
      undelegated(200, 200, 200),
      slashed(100, 20, { ownTokens: 0, poolTokens: 380, poolThawing: 190 }),
    ],
    [
      provider('own delegated delegatedThawing delegatedSurvival slashedDelegated slashable'),
      {
        own: 0,
        delegated: 380,
        delegatedThawing: 190,
        delegatedSurvival: '0.95',
        slashedDelegated: 20,
        slashable: 0,
      },
    ],
    [
      protocol('delegated delegatedThawing slashedDelegated'),
      { delegated: 380, delegatedThawing: 190, slashedDelegated: 20 },
    ],
  ),
  mappingCase(
    'a delegation grows, thaws and is paid back',
    [
      staked(10, 10),
      delegated(300, 300, 300, 300),
      delegated(100, 400, 400, 400),
      undelegated(400, 0, 400),
      emit('Staking', 'DelegatedWithdrawn', {
        provider: PROVIDER,
        delegator: DELEGATOR,
        requestId: 0,
        tokens: 400,
        poolTokens: 0,
        poolThawing: 0,
      }),
    ],
    [
      provider('delegators delegated delegatedShares slashable'),
      { delegators: 0, delegated: 0, delegatedShares: 0, slashable: 10 },
    ],
    [
      'delegations { provider { id } delegator { id } shares tokensIn tokensOut since }',
      [
        {
          provider: { id: PROVIDER },
          delegator: { id: DELEGATOR },
          shares: 0,
          tokensIn: 400,
          tokensOut: 400,
          since: secondOf(1),
        },
      ],
    ],
    [
      `delegator(id: "${DELEGATOR}") { delegations { id } thaws { tokens paid } }`,
      {
        delegations: [{ id: `${PROVIDER}${DELEGATOR.slice(2)}` }],
        thaws: [{ tokens: 400, paid: 400 }],
      },
    ],
    [protocol('delegated delegatedThawing'), { delegated: 0, delegatedThawing: 0 }],
  ),
  mappingCase(
    'delegated stake beyond eight times the own cannot be reached',
    [staked(10, 10), delegated(400, 400, 400, 400)],
    [provider('slashable delegators'), { slashable: 90, delegators: 1 }],
  ),
  mappingCase(
    'rewards settle as the contract settles them',
    [
      delegated(400, 400, 400, 400),
      rewarded(100, '250000000000000000000000000000000000'),
      undelegated(200, 200, 200),
      rewarded(50, '500000000000000000000000000000000000'),
    ],
    [
      'delegations { rewards rewardPerShare shares rewardsClaimed }',
      [
        {
          rewards: 100,
          rewardPerShare: '250000000000000000000000000000000000',
          shares: 200,
          rewardsClaimed: 0,
        },
      ],
    ],
    [
      provider('rewards rewardPerShare'),
      { rewards: 150, rewardPerShare: '500000000000000000000000000000000000' },
    ],
    [protocol('rewards'), { rewards: 150 }],
    [
      'rewardPoints { provider amount }',
      [
        { provider: PROVIDER, amount: 100 },
        { provider: PROVIDER, amount: 50 },
      ],
    ],
  ),
  mappingCase(
    'claimed rewards start again from zero',
    [
      delegated(400, 400, 400, 400),
      rewarded(100, '250000000000000000000000000000000000'),
      emit('Staking', 'RewardsClaimed', { provider: PROVIDER, delegator: DELEGATOR, amount: 100 }),
    ],
    ['delegations { rewards rewardsClaimed }', [{ rewards: 0, rewardsClaimed: 100 }]],
    [`delegator(id: "${DELEGATOR}") { rewardsClaimed }`, { rewardsClaimed: 100 }],
    [protocol('rewardsClaimed'), { rewardsClaimed: 100 }],
  ),
  mappingCase(
    'a cut is announced and a slasher replaced',
    [
      emit('Staking', 'DelegatorCutSet', {
        provider: PROVIDER,
        cutPpm: 200000,
        nextCutPpm: 100000,
        effectiveAt: CLOCK,
      }),
      emit('Staking', 'SlasherAnnounced', { slasher: REPORTER, effectiveAt: CLOCK }),
      emit('Staking', 'ParameterSet', { name: ascii('minStake'), value: 7 }),
      emit('Staking', 'EntryPaused', { until: CLOCK }),
    ],
    [
      provider('delegatorCutPpm nextDelegatorCutPpm nextDelegatorCutAt'),
      { delegatorCutPpm: 200000, nextDelegatorCutPpm: 100000, nextDelegatorCutAt: CLOCK },
    ],
    [
      'parameters(orderBy: name) { name value account nextAccount nextAt }',
      [
        { name: 'slasher', value: 0, account: null, nextAccount: REPORTER, nextAt: CLOCK },
        { name: 'minStake', value: 7, account: null, nextAccount: null, nextAt: null },
        { name: 'entryPausedUntil', value: CLOCK, account: null, nextAccount: null, nextAt: null },
      ],
    ],
  ),
  mappingCase(
    'an installed slasher ends its announcement',
    [
      emit('Staking', 'SlasherAnnounced', { slasher: REPORTER, effectiveAt: CLOCK }),
      emit('Staking', 'SlasherSet', { slasher: REPORTER }),
    ],
    [
      'parameters { name account nextAccount nextAt changes { account } }',
      [
        {
          name: 'slasher',
          account: REPORTER,
          nextAccount: null,
          nextAt: null,
          changes: [{ account: REPORTER }],
        },
      ],
    ],
  ),
];
