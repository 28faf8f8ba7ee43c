import type { FrameMeta, Ticket, UnitBound } from '@assay/wire';
import { estimateUnits } from '../slots/estimate-units.ts';
import type { RunInput } from '../slots/slot-types.ts';
import type { Attempt } from './attempt.ts';
import { paramsOf } from './params-of.ts';
import type { InputPlan } from './plan-input.ts';

type Priced = Pick<Attempt, 'offer' | 'meta' | 'ticket'>;

/** How many units a ticket's price covers; undefined where they cost nothing. */
export function paidUnits(
  { unitPrice }: FrameMeta<'ticket'>,
  { maxPrice }: Ticket,
): number | undefined {
  const price = BigInt(unitPrice);
  return price > 0n ? Number(maxPrice / price) : undefined;
}

/** Units of a ticket before anything of it is fetched. Throws P303 where what is there cannot be counted. */
export function plannedUnits(ticket: Priced, plan: InputPlan): UnitBound {
  if (plan.kind === 'text') return countedUnits(ticket, plan);
  const tensors = plan.parts.filter((part) => 'data' in part);
  const countable =
    tensors.length === plan.parts.length || ticket.offer.manifest.unit === 'request';
  if (countable) return countedUnits(ticket, { kind: 'tensors', tensors });
  // What lies in a blob is counted once it is here; until then the price is the bound that holds for certain.
  return { most: paidUnits(ticket.meta, ticket.ticket) ?? 1, expected: 1 };
}

/** Units of a ticket's input. Throws P303 where it cannot be counted. */
export function countedUnits({ offer, meta }: Priced, input: RunInput): UnitBound {
  return estimateUnits(offer.manifest, { input, params: paramsOf(meta) });
}
