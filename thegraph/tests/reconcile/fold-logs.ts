import { INTERFACES } from './chain.ts';

export interface RawLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
}

/** Sums of one owner by name; missing means zero. */
export type Sums = Map<string, bigint>;

/** What happened, summed from the logs alone: amounts in and out, never the state that an event repeats. */
export interface Ledger {
  readonly protocol: Sums;
  readonly providers: Map<string, Sums>;
  readonly delegations: Map<string, Sums>;
  readonly sessions: Map<string, Sums>;
  readonly gateways: Map<string, Sums>;
  readonly fees: Map<string, Sums>;
  events: number;
}

type Fields = Record<string, bigint | string>;

export function foldLogs(
  logs: readonly RawLog[],
  deployed: Readonly<Record<string, unknown>>,
): Ledger {
  const ledger: Ledger = {
    ...{ protocol: new Map(), providers: new Map(), delegations: new Map() },
    ...{ sessions: new Map(), gateways: new Map(), fees: new Map(), events: 0 },
  };
  const publishers = new Map<string, string>();
  const payees = new Map<string, string>();
  for (const log of logs) {
    const event = decode(log, deployed);
    if (!event) continue;
    ledger.events += 1;
    book(ledger, event, { publishers, payees });
  }
  return ledger;
}

function decode(log: RawLog, deployed: Readonly<Record<string, unknown>>) {
  for (const [name, abi] of Object.entries(INTERFACES)) {
    if (deployed[name] !== log.address || name === 'TestUSD' || name === 'AssayToken') continue;
    const parsed = abi.parseLog({ topics: [...log.topics], data: log.data });
    if (!parsed) return undefined;
    const values = parsed.args.map((value: unknown) =>
      typeof value === 'string' ? value.toLowerCase() : value,
    );
    const fields = Object.fromEntries(
      parsed.fragment.inputs.map((input, index) => [input.name, values[index]]),
    );
    return { name: parsed.name, fields: fields as Fields };
  }
  return undefined;
}

const add = (sums: Sums, name: string, amount: bigint) =>
  sums.set(name, (sums.get(name) ?? 0n) + amount);

function sumsOf(owners: Map<string, Sums>, owner: unknown): Sums {
  const key = String(owner);
  const known = owners.get(key) ?? new Map<string, bigint>();
  owners.set(key, known);
  return known;
}

function book(
  ledger: Ledger,
  { name, fields }: { name: string; fields: Fields },
  memory: { publishers: Map<string, string>; payees: Map<string, string> },
) {
  const n = (field: string) => BigInt(fields[field] ?? 0n);
  const provider = () => sumsOf(ledger.providers, fields.provider);
  const delegation = () =>
    sumsOf(ledger.delegations, `${fields.provider}${String(fields.delegator).slice(2)}`);
  const session = () => sumsOf(ledger.sessions, fields.sessionId);
  const both = (owner: Sums, sum: string, amount: bigint, total = sum) => {
    add(owner, sum, amount);
    add(ledger.protocol, total, amount);
  };
  switch (name) {
    case 'Staked':
      return both(provider(), 'own', n('tokens'), 'staked');
    case 'Withdrawn':
      return both(provider(), 'own', -n('tokens'), 'staked');
    case 'Delegated':
      add(delegation(), 'shares', n('shares'));
      add(delegation(), 'tokensIn', n('tokens'));
      add(provider(), 'delegatedShares', n('shares'));
      return both(provider(), 'delegated', n('tokens'));
    case 'Undelegated':
      add(delegation(), 'shares', -n('shares'));
      return add(provider(), 'delegatedShares', -n('shares'));
    case 'DelegatedWithdrawn':
      add(delegation(), 'tokensOut', n('tokens'));
      return both(provider(), 'delegated', -n('tokens'));
    case 'RewardsAdded':
      return both(provider(), 'rewards', n('amount'));
    case 'RewardsClaimed':
      return both(delegation(), 'rewardsClaimed', n('amount'));
    case 'Slashed':
      both(provider(), 'own', -n('own'), 'staked');
      both(provider(), 'delegated', -n('delegated'));
      both(provider(), 'slashedOwn', n('own'));
      both(provider(), 'slashedDelegated', n('delegated'));
      add(provider(), 'slashCount', 1n);
      return add(ledger.protocol, 'slashRewards', n('reward'));
    case 'ModelRegistered':
      memory.publishers.set(String(fields.modelId), String(fields.publisher));
      return;
    case 'SessionOpened':
      memory.payees.set(String(fields.sessionId), String(fields.gateway));
      add(ledger.protocol, 'sessions', 1n);
      both(session(), 'balance', n('deposit'), 'sessionBalances');
      return both(session(), 'deposited', n('deposit'));
    case 'SessionToppedUp':
      both(session(), 'balance', n('amount'), 'sessionBalances');
      return both(session(), 'deposited', n('amount'));
    case 'SessionWithdrawn':
      both(session(), 'balance', -n('amount'), 'sessionBalances');
      return both(session(), 'refunded', n('amount'));
    case 'VoucherClaimed':
      return bookClaim(ledger, fields, memory);
    case 'ClaimSkipped':
      return add(ledger.protocol, 'skippedClaims', 1n);
    case 'EarningsMatured':
      add(provider(), 'unmatured', -n('amount'));
      return add(provider(), 'matured', n('amount'));
    case 'EarningsShared':
      add(provider(), 'matured', -n('forProvider') - n('toDelegators'));
      add(provider(), 'payable', n('forProvider'));
      return add(provider(), 'sharedWithDelegators', n('toDelegators'));
    case 'EarningsWithdrawn': {
      const waiting = provider().get('payable') ?? 0n;
      add(provider(), 'payable', -waiting);
      add(provider(), 'matured', waiting - n('amount') - n('toDelegators'));
      add(provider(), 'withdrawn', n('amount'));
      return add(provider(), 'sharedWithDelegators', n('toDelegators'));
    }
    case 'EarningsFrozen':
    case 'EarningsReleased':
      return add(provider(), 'frozenUntil', n('until') - (provider().get('frozenUntil') ?? 0n));
    case 'EarningsForfeited':
      add(provider(), 'unmatured', -n('amount'));
      return both(provider(), 'forfeited', n('amount'));
    case 'FeesWithdrawn':
      return void add(sumsOf(ledger.fees, fields.account), 'withdrawn', n('amount'));
    case 'BondAdded':
      return both(sumsOf(ledger.gateways, fields.gateway), 'bond', n('amount'), 'bonds');
    case 'BondWithdrawn':
      return both(sumsOf(ledger.gateways, fields.gateway), 'bond', -n('amount'), 'bonds');
    case 'BondUsed':
      add(sumsOf(ledger.gateways, fields.gateway), 'bondUsed', n('amount'));
      return both(sumsOf(ledger.gateways, fields.gateway), 'bond', -n('amount'), 'bonds');
    case 'ConflictProven':
      return add(ledger.protocol, 'disputes', 1n);
  }
}

function bookClaim(
  ledger: Ledger,
  fields: Fields,
  { publishers, payees }: { publishers: Map<string, string>; payees: Map<string, string> },
) {
  const n = (field: string) => BigInt(fields[field] ?? 0n);
  const fromSession = n('delta') - n('bondPaid');
  const session = sumsOf(ledger.sessions, fields.sessionId);
  add(session, 'balance', -fromSession);
  add(session, 'claimed', n('delta'));
  add(session, 'bondPaid', n('bondPaid'));
  const provider = sumsOf(ledger.providers, fields.provider);
  const kept = n('delta') - n('protocolFee') - n('gatewayFee') - n('royalty');
  add(provider, 'earned', kept);
  add(provider, 'unmatured', kept);
  add(provider, 'claimCount', 1n);
  const payee = payees.get(String(fields.sessionId));
  if (n('gatewayFee') > 0n) add(sumsOf(ledger.fees, payee), 'gatewayFees', n('gatewayFee'));
  const publisher = publishers.get(String(fields.modelId));
  if (n('royalty') > 0n) add(sumsOf(ledger.fees, publisher), 'royalties', n('royalty'));
  const totals = {
    claims: 1n,
    claimed: n('delta'),
    protocolFees: n('protocolFee'),
    bondPaid: n('bondPaid'),
  };
  const shares = { gatewayFees: n('gatewayFee'), royalties: n('royalty'), providerEarnings: kept };
  for (const [sum, amount] of Object.entries({ ...totals, ...shares }))
    add(ledger.protocol, sum, amount);
  add(ledger.protocol, 'sessionBalances', -fromSession);
}
