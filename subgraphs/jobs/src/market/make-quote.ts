import { randomBytes } from 'node:crypto';
import { AssayError, type Domain, defaultUnits, digestOf, type Intent, toHex } from '@assay/wire';
import type { UnitCount } from '../domain/count-units.ts';
import { seconds } from '../domain/durations.ts';
import { intentHash } from '../domain/intent-hash.ts';
import type { Quote } from '../domain/quote.ts';
import { cheapestRelaxation } from '../routing/relax.ts';
import type { RouteRequest } from '../routing/router.ts';
import type { MarketDeps } from './market-deps.ts';
import { resolveTarget } from './resolve-target.ts';
import { limitsOf } from './submit-job.ts';

const VALID_MS = seconds(30);
const UNLIMITED = 2n ** 120n;
/** A 90th percentile where only the mean is known: service times spread about like this. */
const P90_OVER_MEAN = 1.8;

/** Answers an intent for free: price, latency, and which hard limit binds. Throws I104 for an unknown model. */
export async function makeQuote(
  { intent, units: asked }: { readonly intent: Intent; readonly units: bigint | undefined },
  deps: MarketDeps & { readonly domain: Domain },
): Promise<Quote> {
  const model = await resolveTarget(intent, deps);
  const most = asked ?? BigInt(defaultUnits(model.manifest));
  const units: UnitCount = { most, expected: Number(most) };
  const limits = limitsOf(intent, units, intent.must.maxPrice ?? UNLIMITED);
  const request: RouteRequest = { modelId: model.id, prefer: intent.prefer, limits };
  const weighed = deps.router.weigh(request);
  if (weighed.length === 0) throw new AssayError('R200', { details: { modelId: model.id } });

  const eligible = weighed.filter(({ reason }) => reason === undefined);
  const best = eligible.toSorted((a, b) => a.cost - b.cost)[0];
  const price = best && best.candidate.unitPrice * most;
  const relaxation = cheapestRelaxation(request, deps.router.weigh, price);
  const id = toHex(randomBytes(32));
  const expiresAt = deps.now() + VALID_MS;
  const terms =
    price === undefined
      ? undefined
      : { quoteId: id, modelId: model.id, price, expiresAt: BigInt(Math.floor(expiresAt / 1000)) };
  const quote: Quote = {
    id,
    intentHash: intentHash(intent),
    modelId: model.id,
    feasible: best !== undefined,
    price,
    latencyP50Ms: best?.expectedMs,
    latencyP90Ms: best && best.expectedMs * P90_OVER_MEAN,
    providers: eligible.length,
    expiresAt,
    binding: relaxation?.constraint ?? bindingOf(weighed),
    relaxation,
    signature: terms && deps.gateway.sign(digestOf(deps.domain, 'Quote', terms)),
  };
  if (quote.feasible) await deps.quotes.save(quote);
  return quote;
}

/** The limit that keeps most candidates out, where lifting one alone does not help. */
function bindingOf(
  weighed: readonly { readonly reason: string | undefined }[],
): string | undefined {
  const counts = new Map<string, number>();
  for (const { reason } of weighed)
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}
