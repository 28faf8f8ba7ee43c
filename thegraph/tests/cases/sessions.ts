import {
  ascii,
  EXEC_CLASS,
  GATEWAY,
  hex,
  KEY,
  MODEL,
  NOBODY,
  OFFER,
  PAYER,
  PROTOCOL,
  PROVIDER,
  PUBLISHER,
  RECEIPTS,
  SESSION,
  TICKET,
  TREASURY,
  ZERO_WORD,
} from '../actors.ts';
import { emit, mappingCase, secondOf } from '../mapping-case.ts';

const protocol = (fields: string) => `protocol(id: "${PROTOCOL}") { ${fields} }`;
const provider = (fields: string) => `provider(id: "${PROVIDER}") { ${fields} }`;
const gateway = (fields: string) => `gateway(id: "${GATEWAY}") { ${fields} }`;
const session = (fields: string) => `session(id: "${SESSION}") { ${fields} }`;
const LATER = secondOf(100);

const opened = (front = GATEWAY, sessionId = SESSION) =>
  emit('SessionEscrow', 'SessionOpened', {
    ...{ sessionId, payer: PAYER, gateway: front, key: KEY, gatewayFeePpm: 20_000, deposit: 1000 },
    ...{ expiresAt: LATER, withdrawDelay: 60, policy: RECEIPTS, salt: TICKET },
  });
const closing = emit('SessionEscrow', 'SessionClosing', {
  sessionId: SESSION,
  by: KEY,
  withdrawableAt: LATER,
  balance: 1000,
});
const withdrawn = (amount: number) =>
  emit('SessionEscrow', 'SessionWithdrawn', { sessionId: SESSION, payer: PAYER, amount });
const claimed = (cumulative: number, sessionBalance: number, parts: Record<string, number> = {}) =>
  emit('SessionEscrow', 'VoucherClaimed', {
    ...{
      sessionId: SESSION,
      offerId: OFFER,
      provider: PROVIDER,
      modelId: MODEL,
      cumulative,
      sessionBalance,
    },
    ...{
      delta: 100,
      protocolFee: 1,
      gatewayFee: 2,
      royalty: 5,
      providerAmount: 92,
      bondPaid: 0,
      receipts: RECEIPTS,
    },
    ...parts,
  });
const matured = (amount: number, unmatured: number) =>
  emit('SessionEscrow', 'EarningsMatured', { provider: PROVIDER, amount, unmatured });
const modelOf = emit('ModelRegistry', 'ModelRegistered', {
  ...{
    modelId: MODEL,
    publisher: PUBLISHER,
    lineage: MODEL,
    previous: ZERO_WORD,
    manifestHash: RECEIPTS,
  },
  ...{ royaltyPpm: 50_000, manifest: hex('{}') },
});
const offered = emit('ProviderRegistry', 'OfferSet', {
  ...{ offerId: OFFER, provider: PROVIDER, modelId: MODEL, priceCeiling: 9, execClass: EXEC_CLASS },
  validUntil: LATER,
});
const treasury = emit('SessionEscrow', 'TreasurySet', { treasury: TREASURY });
const bondAdded = (amount: number, bond: number) =>
  emit('SessionEscrow', 'BondAdded', { gateway: GATEWAY, from: PAYER, amount, bond });
const frozen = (disputeId: string, unmatured: number) =>
  emit('SessionEscrow', 'EarningsFrozen', {
    provider: PROVIDER,
    disputeId,
    unmatured,
    until: LATER,
  });
const released = (disputeId: string, unmatured: number, until: number) =>
  emit('SessionEscrow', 'EarningsReleased', { provider: PROVIDER, disputeId, unmatured, until });
const forfeited = (amount: number) =>
  emit('SessionEscrow', 'EarningsForfeited', { provider: PROVIDER, disputeId: TICKET, amount });

export const cases = [
  mappingCase(
    'a session opens with all fields of its grant',
    [opened()],
    [
      session(
        'payer key gatewayFeePpm expiresAt withdrawDelay policy salt status deposited balance claimed withdrawableAt gateway { id sessionCount openSessions }',
      ),
      {
        payer: PAYER,
        key: KEY,
        gatewayFeePpm: 20000,
        expiresAt: LATER,
        withdrawDelay: 60,
        policy: RECEIPTS,
        salt: TICKET,
        status: 'OPEN',
        deposited: 1000,
        balance: 1000,
        claimed: 0,
        withdrawableAt: null,
        gateway: { id: GATEWAY, sessionCount: 1, openSessions: 1 },
      },
    ],
    [
      protocol('sessions openSessions deposited sessionBalances'),
      { sessions: 1, openSessions: 1, deposited: 1000, sessionBalances: 1000 },
    ],
  ),
  mappingCase(
    'a session without a marketplace has no gateway',
    [opened(NOBODY), claimed(100, 900)],
    [session('gateway { id } balance'), { gateway: null, balance: 900 }],
    ['gateways { id }', []],
    ['settlementPoints { gateway modelId }', [{ gateway: NOBODY, modelId: MODEL }]],
  ),
  mappingCase(
    'a session opened twice counts once',
    [opened(), opened()],
    [
      protocol('sessions deposited sessionBalances'),
      { sessions: 1, deposited: 1000, sessionBalances: 1000 },
    ],
    [gateway('sessionCount'), { sessionCount: 1 }],
  ),
  mappingCase(
    'a session is topped up, closes and is refunded',
    [
      opened(),
      emit('SessionEscrow', 'SessionToppedUp', {
        sessionId: SESSION,
        from: KEY,
        amount: 500,
        balance: 1500,
      }),
      emit('SessionEscrow', 'SessionClosing', {
        sessionId: SESSION,
        by: KEY,
        withdrawableAt: LATER,
        balance: 1500,
      }),
      withdrawn(1500),
    ],
    [
      session('status deposited balance refunded withdrawableAt topUps { from amount at }'),
      {
        status: 'WITHDRAWN',
        deposited: 1500,
        balance: 0,
        refunded: 1500,
        withdrawableAt: LATER,
        topUps: [{ from: KEY, amount: 500, at: secondOf(1) }],
      },
    ],
    [
      protocol('openSessions deposited refunded sessionBalances'),
      { openSessions: 0, deposited: 1500, refunded: 1500, sessionBalances: 0 },
    ],
    [gateway('openSessions'), { openSessions: 0 }],
  ),
  mappingCase(
    'a closing session can still be claimed from',
    [opened(), closing, claimed(100, 900)],
    [session('status balance claimed'), { status: 'CLOSING', balance: 900, claimed: 100 }],
    [protocol('openSessions sessionBalances'), { openSessions: 0, sessionBalances: 900 }],
  ),
  mappingCase(
    'an expired session is refunded without closing',
    [opened(), withdrawn(1000)],
    [session('status withdrawableAt'), { status: 'WITHDRAWN', withdrawableAt: null }],
    [protocol('openSessions'), { openSessions: 0 }],
  ),
  mappingCase(
    'a claim reaches provider, protocol, gateway, publisher, offer and statistics',
    [[treasury, opened(), modelOf, offered], claimed(100, 900), claimed(200, 800)],
    [
      session('balance claimed spendings { offerId cumulative claimCount receipts }'),
      {
        balance: 800,
        claimed: 200,
        spendings: [{ offerId: OFFER, cumulative: 200, claimCount: 2, receipts: RECEIPTS }],
      },
    ],
    [
      'claims(orderBy: cumulative) { cumulative delta protocolFee gatewayFee royalty providerAmount bondPaid receipts block provider { id } offer { id } model { id } gateway { id } }',
      [100, 200].map((cumulative, index) => ({
        cumulative,
        delta: 100,
        protocolFee: 1,
        gatewayFee: 2,
        royalty: 5,
        providerAmount: 92,
        bondPaid: 0,
        receipts: RECEIPTS,
        block: index + 1,
        provider: { id: PROVIDER },
        offer: { id: OFFER },
        model: { id: MODEL },
        gateway: { id: GATEWAY },
      })),
    ],
    [
      provider('earned unmatured claimCount lastClaimAt'),
      { earned: 184, unmatured: 184, claimCount: 2, lastClaimAt: secondOf(2) },
    ],
    [
      protocol('claims claimed protocolFees gatewayFees royalties providerEarnings'),
      {
        claims: 2,
        claimed: 200,
        protocolFees: 2,
        gatewayFees: 4,
        royalties: 10,
        providerEarnings: 184,
      },
    ],
    [gateway('fees'), { fees: 4 }],
    [
      `model(id: "${MODEL}") { claimCount claimed royalties }`,
      { claimCount: 2, claimed: 200, royalties: 10 },
    ],
    [`offer(id: "${OFFER}") { claimCount claimed }`, { claimCount: 2, claimed: 200 }],
    [
      'feeAccounts { id gatewayFees royalties protocolFees }',
      [
        { id: GATEWAY, gatewayFees: 4, royalties: 0, protocolFees: 0 },
        { id: PUBLISHER, gatewayFees: 0, royalties: 10, protocolFees: 0 },
        { id: TREASURY, gatewayFees: 0, royalties: 0, protocolFees: 2 },
      ],
    ],
    [
      'settlementPoints { provider modelId gateway delta royalty }',
      Array(2).fill({
        provider: PROVIDER,
        modelId: MODEL,
        gateway: GATEWAY,
        delta: 100,
        royalty: 5,
      }),
    ],
  ),
  mappingCase(
    'hours and days add up',
    [opened(), claimed(100, 900), claimed(200, 800), { ...withdrawn(800) }],
    [
      'protocolSettlements(interval: hour, current: include) { claims claimed providerEarnings royalties }',
      [{ claims: 2, claimed: 200, providerEarnings: 184, royalties: 10 }],
    ],
    [
      'providerSettlements(interval: day, current: include) { provider claims earned }',
      [{ provider: PROVIDER, claims: 2, earned: 184 }],
    ],
    [
      'modelSettlements(interval: day, current: include) { modelId royalties }',
      [{ modelId: MODEL, royalties: 10 }],
    ],
    [
      'gatewaySettlements(interval: day, current: include) { gateway fees }',
      [{ gateway: GATEWAY, fees: 4 }],
    ],
  ),
  mappingCase(
    'a claim of an unknown session, model or offer breaks nothing',
    [
      claimed(100, 0),
      emit('SessionEscrow', 'SessionToppedUp', {
        sessionId: SESSION,
        from: KEY,
        amount: 5,
        balance: 5,
      }),
      closing,
      withdrawn(1),
    ],
    ['claims { id }', []],
    ['sessions { id }', []],
  ),
  mappingCase(
    'a skipped claim says why',
    [
      opened(),
      [0, 4, 9].map((reason, index) =>
        emit('SessionEscrow', 'ClaimSkipped', {
          sessionId: index === 0 ? TICKET : SESSION,
          offerId: OFFER,
          index,
          cumulative: 7,
          reason,
        }),
      ),
    ],
    [
      'skippedClaims { session { id } sessionId offerId cumulative reason }',
      [
        {
          session: null,
          sessionId: TICKET,
          offerId: OFFER,
          cumulative: 7,
          reason: 'UNKNOWN_SESSION',
        },
        {
          session: { id: SESSION },
          sessionId: SESSION,
          offerId: OFFER,
          cumulative: 7,
          reason: 'BAD_GUARANTEE',
        },
        {
          session: { id: SESSION },
          sessionId: SESSION,
          offerId: OFFER,
          cumulative: 7,
          reason: 'UNKNOWN',
        },
      ],
    ],
    [protocol('skippedClaims claims'), { skippedClaims: 3, claims: 0 }],
  ),
  mappingCase(
    'earnings mature, are shared and withdrawn',
    [
      opened(),
      claimed(100, 900),
      [matured(92, 92), claimed(200, 800)],
      emit('SessionEscrow', 'EarningsShared', {
        provider: PROVIDER,
        forProvider: 80,
        toDelegators: 12,
      }),
      [
        matured(92, 0),
        emit('SessionEscrow', 'EarningsWithdrawn', {
          provider: PROVIDER,
          payout: KEY,
          amount: 162,
          toDelegators: 10,
        }),
      ],
      [matured(0, 0), claimed(300, 700)],
    ],
    [
      provider('earned unmatured matured payable withdrawn sharedWithDelegators'),
      {
        earned: 276,
        unmatured: 92,
        matured: 0,
        payable: 0,
        withdrawn: 162,
        sharedWithDelegators: 22,
      },
    ],
  ),
  mappingCase(
    'shared earnings wait to be withdrawn',
    [
      opened(),
      claimed(100, 900),
      [
        matured(92, 0),
        emit('SessionEscrow', 'EarningsShared', {
          provider: PROVIDER,
          forProvider: 80,
          toDelegators: 12,
        }),
      ],
    ],
    [provider('unmatured matured payable'), { unmatured: 0, matured: 0, payable: 80 }],
  ),
  mappingCase(
    'a freeze stops the clock and moves nothing',
    [opened(), claimed(100, 900), frozen(TICKET, 92), claimed(200, 800)],
    [
      provider('unmatured frozenUntil matured forfeited'),
      { unmatured: 184, frozenUntil: LATER, matured: 0, forfeited: 0 },
    ],
    [
      'freezes { id provider { id } unmatured until status }',
      [{ id: TICKET, provider: { id: PROVIDER }, unmatured: 92, until: LATER, status: 'HELD' }],
    ],
  ),
  mappingCase(
    'when the last dispute is over what is due matures',
    [
      opened(),
      claimed(100, 900),
      [frozen(TICKET, 92), frozen(RECEIPTS, 92)],
      claimed(200, 800),
      released(TICKET, 184, LATER),
      [matured(92, 92), released(RECEIPTS, 92, 0)],
    ],
    [
      provider('unmatured frozenUntil matured forfeited'),
      { unmatured: 92, frozenUntil: 0, matured: 92, forfeited: 0 },
    ],
    ['freezes { status }', [{ status: 'RELEASED' }, { status: 'RELEASED' }]],
  ),
  mappingCase(
    'a conviction takes all that waits, for the treasury, and ends with its own freeze',
    [
      [treasury, opened()],
      claimed(100, 900),
      frozen(TICKET, 92),
      claimed(200, 800),
      [forfeited(184), released(TICKET, 0, 0)],
    ],
    [
      provider('unmatured frozenUntil matured forfeited'),
      { unmatured: 0, frozenUntil: 0, matured: 0, forfeited: 184 },
    ],
    ['freezes { status }', [{ status: 'FORFEITED' }]],
    [`feeAccount(id: "${TREASURY}") { protocolFees }`, { protocolFees: 186 }],
    [protocol('forfeited'), { forfeited: 184 }],
  ),
  mappingCase(
    'a conviction takes what another dispute froze, and that freeze goes on',
    [opened(), claimed(100, 900), frozen(RECEIPTS, 92), forfeited(92)],
    [
      provider('unmatured frozenUntil matured forfeited'),
      { unmatured: 0, frozenUntil: LATER, matured: 0, forfeited: 92 },
    ],
    ['freezes { status }', [{ status: 'HELD' }]],
  ),
  mappingCase(
    'a bond grows, thaws, is used and withdrawn',
    [
      bondAdded(1000, 1000),
      emit('SessionEscrow', 'BondThawing', {
        gateway: GATEWAY,
        amount: 600,
        thawing: 600,
        withdrawableAt: LATER,
      }),
      [
        opened(),
        emit('SessionEscrow', 'GatewayBarred', {
          gateway: GATEWAY,
          sessionId: SESSION,
          shortfall: 700,
        }),
        emit('SessionEscrow', 'BondUsed', {
          gateway: GATEWAY,
          sessionId: SESSION,
          provider: PROVIDER,
          amount: 500,
          bond: 500,
        }),
        claimed(1500, 0, { delta: 1500, providerAmount: 1492, bondPaid: 500 }),
      ],
    ],
    [
      gateway('bond bondThawing bondWithdrawableAt bondUsed barred shortfall'),
      {
        bond: 500,
        bondThawing: 500,
        bondWithdrawableAt: LATER,
        bondUsed: 500,
        barred: true,
        shortfall: 700,
      },
    ],
    [protocol('bonds bondPaid sessionBalances'), { bonds: 500, bondPaid: 500, sessionBalances: 0 }],
    [session('bondPaid balance claimed'), { bondPaid: 500, balance: 0, claimed: 1500 }],
  ),
  mappingCase(
    'a withdrawn bond is gone',
    [
      bondAdded(1000, 1000),
      emit('SessionEscrow', 'BondThawing', {
        gateway: GATEWAY,
        amount: 600,
        thawing: 600,
        withdrawableAt: LATER,
      }),
      emit('SessionEscrow', 'BondWithdrawn', { gateway: GATEWAY, amount: 600, bond: 400 }),
    ],
    [gateway('bond bondThawing'), { bond: 400, bondThawing: 0 }],
    [protocol('bonds'), { bonds: 400 }],
  ),
  mappingCase(
    'fees are withdrawn and parameters set',
    [
      treasury,
      emit('SessionEscrow', 'FeesWithdrawn', { account: TREASURY, amount: 5 }),
      emit('SessionEscrow', 'FeesWithdrawn', { account: TREASURY, amount: 6 }),
      emit('SessionEscrow', 'ParameterSet', { name: ascii('protocolFeePpm'), value: 10_000 }),
      emit('SessionEscrow', 'ParameterSet', { name: ascii('protocolFeePpm'), value: 9_000 }),
      emit('SessionEscrow', 'EntryPaused', { until: LATER }),
    ],
    [`feeAccount(id: "${TREASURY}") { withdrawn }`, { withdrawn: 11 }],
    [
      'parameters { name value account changes { value } }',
      [
        { name: 'treasury', value: 0, account: TREASURY, changes: [{ value: 0 }] },
        {
          name: 'protocolFeePpm',
          value: 9000,
          account: null,
          changes: [{ value: 10000 }, { value: 9000 }],
        },
        { name: 'entryPausedUntil', value: LATER, account: null, changes: [{ value: LATER }] },
      ],
    ],
  ),
];
