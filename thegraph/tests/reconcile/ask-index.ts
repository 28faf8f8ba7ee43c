import type { Ledger, Sums } from './fold-logs.ts';

const PROVIDER = [
  ...[
    'own',
    'delegated',
    'delegatedShares',
    'rewards',
    'slashedOwn',
    'slashedDelegated',
    'slashCount',
  ],
  ...[
    'earned',
    'unmatured',
    'matured',
    'payable',
    'withdrawn',
    'sharedWithDelegators',
    'frozenUntil',
  ],
  ...['forfeited', 'claimCount'],
];
const PROTOCOL = [
  ...[
    'staked',
    'delegated',
    'slashedOwn',
    'slashedDelegated',
    'slashRewards',
    'rewards',
    'rewardsClaimed',
  ],
  ...[
    'sessions',
    'claims',
    'skippedClaims',
    'disputes',
    'deposited',
    'refunded',
    'sessionBalances',
  ],
  ...[
    'claimed',
    'protocolFees',
    'gatewayFees',
    'royalties',
    'providerEarnings',
    'bondPaid',
    'bonds',
  ],
  'forfeited',
];
const DELEGATION = ['shares', 'tokensIn', 'tokensOut', 'rewardsClaimed'];
const SESSION = ['deposited', 'balance', 'claimed', 'bondPaid', 'refunded'];
const GATEWAY = ['bond', 'bondUsed'];
const FEES = ['gatewayFees', 'royalties', 'withdrawn'];

/** Everything comparable, flat: `providers 0x… own` → amount. */
export type Totals = Record<string, string>;

type Row = { id: string } & Record<string, string | number>;

export async function query<T>(url: string, text: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  if (errors?.[0]) throw new Error(errors[0].message);
  return data;
}

/** What the index says stood after a block. */
export async function indexTotals(url: string, block: number): Promise<Totals> {
  const lists = {
    providers: PROVIDER,
    delegations: DELEGATION,
    sessions: SESSION,
    gateways: GATEWAY,
    feeAccounts: FEES,
  };
  const at = `first: 1000, block: { number: ${block} }`;
  const selections = Object.entries(lists).map(
    ([list, fields]) => `${list}(${at}) { id ${fields.join(' ')} }`,
  );
  const answer = await query<Record<string, Row[]>>(
    url,
    `{ protocols(${at}) { id ${PROTOCOL.join(' ')} } ${selections.join(' ')} }`,
  );
  const totals: Totals = {};
  for (const [list, rows] of Object.entries(answer)) {
    for (const { id, ...fields } of rows) {
      const owner = list === 'protocols' ? 'protocol' : `${list} ${id}`;
      for (const [name, value] of Object.entries(fields))
        note(totals, `${owner} ${name}`, BigInt(value));
    }
  }
  return totals;
}

/** The same from our own sums over the logs. */
export function ledgerTotals(ledger: Ledger): Totals {
  const totals: Totals = {};
  const noteAll = (owner: string, sums: Sums, names: readonly string[]) => {
    for (const name of names) note(totals, `${owner} ${name}`, sums.get(name) ?? 0n);
  };
  noteAll('protocol', ledger.protocol, PROTOCOL);
  for (const [id, sums] of ledger.providers) noteAll(`providers ${id}`, sums, PROVIDER);
  for (const [id, sums] of ledger.delegations) noteAll(`delegations ${id}`, sums, DELEGATION);
  for (const [id, sums] of ledger.sessions) noteAll(`sessions ${id}`, sums, SESSION);
  for (const [id, sums] of ledger.gateways) noteAll(`gateways ${id}`, sums, GATEWAY);
  for (const [id, sums] of ledger.fees) noteAll(`feeAccounts ${id}`, sums, FEES);
  return totals;
}

/** Zeroes are left out: an owner without any amount need not be known. */
function note(totals: Totals, name: string, value: bigint) {
  if (value !== 0n) totals[name] = value.toString();
}
