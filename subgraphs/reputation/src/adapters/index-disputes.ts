import type { Freshness, IndexClient, Position } from '@assay/kit';
import { z } from 'zod';
import type { DisputeQuery } from '../domain/reputations.ts';
import type { Dispute } from '../domain/staking.ts';
import { hex, optionalSeconds, reference, seconds } from './index-shapes.ts';

export interface DisputePage {
  readonly disputes: readonly Dispute[];
  readonly freshness: Freshness;
}

export interface DisputeIndex {
  /** Newest first, continuing after a position. */
  list(query: DisputeQuery, first: number, after: Position | undefined): Promise<DisputePage>;
}

const answerSchema = z.object({
  disputes: z.array(
    z
      .object({
        id: hex,
        provider: reference,
        reporter: hex,
        status: z.string(),
        openedAt: seconds,
        commitEnds: optionalSeconds,
        revealEnds: optionalSeconds,
        resolvedAt: optionalSeconds,
        ticket: hex,
      })
      .transform(({ provider, commitEnds, revealEnds, ...dispute }) => ({
        ...dispute,
        providerId: provider,
        deadline: revealEnds ?? commitEnds,
      })),
  ),
});

const LIST = `query ($where: Dispute_filter!, $first: Int!) {
  disputes(first: $first, where: $where, orderBy: openedAt, orderDirection: desc) {
    id ticket provider { id } reporter status openedAt commitEnds revealEnds resolvedAt
  }
}`;

export function createDisputeIndex(index: IndexClient): DisputeIndex {
  return {
    async list({ provider, status }, first, after) {
      const filter = { ...(provider != null && { provider }), ...(status != null && { status }) };
      const where = after === undefined ? filter : { and: [filter, { or: before(after) }] };
      const { data, freshness } = await index.query(LIST, { where, first }, answerSchema);
      return { disputes: data.disputes, freshness };
    },
  };
}

/** Graph-node sorts equal times by id in the same direction. */
function before({ key, id }: Position): object[] {
  return [{ openedAt_lt: `${key}` }, { openedAt: `${key}`, id_lt: id }];
}
