import type { MarketOffer, MarketProvider, MarketView } from './market-view.ts';
import type { Reason } from './reason.ts';
import { amountText, usd } from './show.ts';

/** The router adds this many median prices to an offer for each whole trust that it lacks. */
const RISK = 5;
/** A score part under this is worth a word. */
const POOR = 0.7;

/** Every reason a marketplace shows of why it sends no jobs, unsorted. Pure: `view` is all it knows. */
export function marketReasons(view: MarketView, self: string): Reason[] {
  const { provider } = view;
  if (provider === undefined)
    return [
      {
        weight: 100,
        why: 'the marketplace does not know this provider',
        fix: 'run `assay-provider register`; once registered, wait until its index has seen the block',
      },
    ];
  const { reputation } = provider;
  return [
    ...liveReasons(provider),
    ...standingReasons(provider),
    ...provider.offers.edges.flatMap(({ node }) => offerReasons(node)),
    ...(reputation?.parts ?? []).flatMap(partReasons),
    ...[...view.offers].flatMap(([id, offers]) => rivalReasons(nameOf(provider, id), offers, self)),
  ];
}

function liveReasons({ live }: MarketProvider): Reason[] {
  if (live === null)
    return [
      {
        weight: 100,
        why: 'the marketplace does not see it connected',
        fix: 'look at the link above; give a fresh connection a few seconds',
      },
    ];
  if (live.status === 'ready') return [];
  return [
    {
      weight: 100,
      why: `the marketplace has it as ${live.status}`,
      fix: 'to take jobs again, stop it and start it',
    },
  ];
}

/** What bars a provider altogether, and how its stake stands beside what it earned and has not been paid. */
function standingReasons({ reputation, staking }: MarketProvider): Reason[] {
  const reasons: Reason[] = [];
  if (reputation && !reputation.eligible) {
    const { lastChange } = reputation;
    const since = lastChange ? ` since ${lastChange.at}: ${lastChange.reason}` : '';
    reasons.push({
      weight: 100,
      why: `excluded${since}`,
      fix: 'mend what is named: `assay-provider doctor` for stake and registration, `assay-provider disputes` after a conviction',
    });
  }
  if (staking && staking.unmatured > 0n && staking.own - staking.thawing <= 0n)
    reasons.push({
      weight: 95,
      why: `${usd(staking.unmatured)} earned and not matured, with no stake of its own behind it (${amountText(staking.thawing, 18)} thawing)`,
      fix: 'add stake: `assay-provider stake AMOUNT`',
    });
  return reasons;
}

function offerReasons({ livePrice, model }: MarketProvider['offers']['edges'][number]['node']) {
  if (livePrice !== null) return [];
  return [
    {
      weight: 90,
      why: `${model.name}: the marketplace has its offer, but no live price`,
      fix: 'serve the model, or wait for the next heartbeat; a model that is left out is named above',
    },
  ];
}

const PART_FIXES: Readonly<Record<string, string>> = {
  reliability:
    'finish every ticket it takes, in time: refuse earlier with fewer slots or a shorter slots.maxQueue; it grows with paid jobs',
  ratings: 'payers rate what they got: serve faster and as the model should',
  audits:
    'outputs differed from others of the class: check models[].execClass and the runtime with `assay-provider doctor`',
  stake: 'add stake: `assay-provider stake AMOUNT`, or win delegators',
  record: 'slashes fade by half each time the half-life passes; see `assay-provider disputes`',
};

function partReasons({
  name,
  value,
  weight,
  explanation,
}: {
  name: string;
  value: number;
  weight: number;
  explanation: string;
}): Reason[] {
  if (value >= POOR) return [];
  return [
    {
      weight: 30 * weight * (1 - value),
      why: `score, ${name}: ${value.toFixed(2)} of 1, weighing ${(100 * weight).toFixed(0)} %. ${explanation}`,
      fix: PART_FIXES[name] ?? 'see docs/PROTOCOL.md',
    },
  ];
}

function rivalReasons(name: string, offers: readonly MarketOffer[], self: string): Reason[] {
  const isOwn = ({ provider }: MarketOffer) => provider.id.toLowerCase() === self.toLowerCase();
  const mine = offers.find(isOwn);
  const others = offers.filter(
    (offer) =>
      !isOwn(offer) && offer.livePrice !== null && offer.provider.reputation?.eligible !== false,
  );
  const prices = others.map(({ livePrice }) => Number(livePrice)).toSorted((a, b) => a - b);
  const median = Math.max(1, prices[prices.length >> 1] ?? 0);
  if (mine?.livePrice == null || prices.length === 0) return [];
  return [
    ...dearer(name, Number(mine.livePrice), { prices, median }),
    ...lessTrusted(name, mine, others),
  ];
}

function dearer(
  name: string,
  price: number,
  { prices, median }: { prices: readonly number[]; median: number },
): Reason[] {
  const cheaper = prices.filter((other) => other < price).length;
  if (cheaper === 0) return [];
  const excess = (price - (prices[0] ?? 0)) / median;
  return [
    {
      weight: weightOf(excess),
      why: `${name}: its live price is ${price}, ${cheaper} of ${prices.length} others ask less (from ${prices[0]}, median ${median})`,
      fix: 'lower models[].price or models[].surge, if it pays at that price, and start again',
    },
  ];
}

function lessTrusted(name: string, mine: MarketOffer, others: readonly MarketOffer[]): Reason[] {
  const trust = mine.provider.reputation?.trust;
  const best = Math.max(0, ...others.map(({ provider }) => provider.reputation?.trust ?? 0));
  if (trust === undefined || trust >= best) return [];
  return [
    {
      weight: weightOf(RISK * (best - trust)),
      why: `${name}: trusted ${trust.toFixed(2)}, the best of ${others.length} other(s) ${best.toFixed(2)}`,
      fix: 'trust grows with finished, paid jobs; meanwhile a lower price makes up for some of it',
    },
  ];
}

/** `excess` in median prices: how far it is behind the best in the router’s sum. */
const weightOf = (excess: number): number => 20 + Math.min(50, 20 * excess);

function nameOf({ offers }: MarketProvider, modelId: string): string {
  return offers.edges.find(({ node }) => node.model.id === modelId)?.node.model.name ?? modelId;
}
