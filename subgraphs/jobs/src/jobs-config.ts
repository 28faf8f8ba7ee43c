import type { Deployment, Hex } from '@assay/wire';
import type { Logger } from 'pino';

/** What the job market needs to run. `main.ts` reads it from the environment; the embedded gateway fills it itself. */
export interface JobsConfig {
  readonly redisUrl: string;
  /** At least one; the later ones are used when the earlier fail. */
  readonly chainRpcUrls: readonly string[];
  readonly deployment: Deployment;
  /** Signs guarantees and quotes, relays grants and pays their gas. */
  readonly gatewayKey: Hex;
  /** Signs the vouchers of hosted sessions. */
  readonly hostedKey: Hex;
  readonly gatewayFeePpm: number;
  /** Shared with the gateway: key of the identity header's HMAC. */
  readonly identitySecret: string;
  /** GraphQL endpoint of the chain index. */
  readonly indexUrl: string;
  /** Where clients and providers reach this gateway over HTTP; blobs live under `/v2/blobs/`. */
  readonly publicUrl: string;
  readonly blobDir: string;
  /** Smallest deposit the gateway relays, in payment units. */
  readonly minDeposit: bigint;
  /** How long a running attempt waits for its provider's broken link to come back; then the job moves. */
  readonly resumeGraceMs: number;
  /** Hosts, besides `publicUrl`'s, under which providers dial the link. */
  readonly linkHosts: readonly string[];
  readonly log: Logger;
}
