import type { ReputationNews, Reputations } from '../domain/reputations.ts';

export interface ReputationContext {
  readonly reputations: Reputations;
  readonly news: ReputationNews;
}
