/** How fresh an answer from the chain index is. */
export interface Freshness {
  readonly indexedBlock: number;
  readonly lagSeconds: number;
  readonly stale: boolean;
}
