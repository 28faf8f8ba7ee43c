import type { Must } from '@assay/wire';
import type { Relaxation } from '../domain/quote.ts';
import type { Ineligibility } from './route-limits.ts';
import type { RouteRequest, WeighedCandidate } from './router.ts';

/** The limits of `must` that a client could relax, by the reason they make a candidate ineligible. */
const RELAXABLE = {
  maxPrice: 'maxPrice',
  regions: 'regions',
  onlyProviders: 'onlyProviders',
  ignoreProviders: 'ignoreProviders',
  minTrust: 'minTrust',
  maxLatencyMs: 'maxLatencyMs',
  maxTtftMs: 'maxTtftMs',
  deadline: 'deadline',
  maxGramsCO2: 'maxGramsCO2',
  verification: 'verification',
} as const satisfies Partial<Record<Ineligibility, keyof Must>>;

type Weigh = (request: RouteRequest) => readonly WeighedCandidate[];

/** How much dearer than anything a price without a limit may be. */
const UNLIMITED = 2n ** 120n;

/**
 * Which one limit, lifted alone, lets the cheapest further candidate in. Where an intent is feasible already, only
 * a lower price counts as help.
 */
export function cheapestRelaxation(
  request: RouteRequest,
  weigh: Weigh,
  current: bigint | undefined,
): Relaxation | undefined {
  const { must } = request.limits;
  const found = Object.entries(RELAXABLE)
    .filter(([, field]) => must[field] !== undefined)
    .map(([constraint, field]) => relaxed(request, weigh, { constraint, field }))
    .filter((relaxation) => relaxation !== undefined)
    .filter(({ price }) => current === undefined || price < current)
    .toSorted((a, b) => (a.price < b.price ? -1 : 1));
  return found[0];
}

function relaxed(
  request: RouteRequest,
  weigh: Weigh,
  { constraint, field }: { readonly constraint: string; readonly field: keyof Must },
): Relaxation | undefined {
  const { [field]: _lifted, ...must } = request.limits.must;
  const budget = field === 'maxPrice' ? UNLIMITED : request.limits.budget;
  const limits = { ...request.limits, must, budget };
  const cheapest = weigh({ ...request, limits })
    .filter(({ reason }) => reason === undefined)
    .toSorted((a, b) => (a.candidate.unitPrice < b.candidate.unitPrice ? -1 : 1))[0];
  if (cheapest === undefined) return undefined;
  const price = cheapest.candidate.unitPrice * limits.maxUnits;
  return { constraint, to: neededValue(field, cheapest, price, limits.expectedUnits), price };
}

function neededValue(
  field: keyof Must,
  { candidate, expectedMs }: WeighedCandidate,
  price: bigint,
  units: number,
): string {
  const { row } = candidate;
  switch (field) {
    case 'maxPrice':
      return `${price}`;
    case 'regions':
      return row.region;
    case 'minTrust':
      return row.trust.toFixed(3);
    case 'maxLatencyMs':
    case 'deadline':
      return `${Math.ceil(expectedMs)} ms`;
    case 'verification':
      return 'SAMPLED';
    case 'maxTtftMs':
      return `${Math.ceil(candidate.firstOutputMs)}`;
    case 'maxGramsCO2':
      return row.gramsCO2PerUnit === undefined ? 'unlimited' : `${row.gramsCO2PerUnit * units}`;
    default:
      return row.provider;
  }
}
