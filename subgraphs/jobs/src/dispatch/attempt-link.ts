import type { Hex } from '@assay/wire';
import type { ProviderConnection } from '../domain/provider-connection.ts';

/** Over which connection an attempt is spoken of. It may be cut and continued within a grace. */
export interface AttemptLink {
  readonly connection: ProviderConnection;
  /** Asks the provider to stop; asked again over the next connection. `partial`: a receipt for what is there is paid. */
  cancel(reason: string, partial: boolean): void;
  /** The connection is gone. Unless the provider is back within the grace, `onGone` follows. */
  cut(reason: string): void;
  /** The provider is back: the attempt goes on over its new connection. */
  adopt(next: ProviderConnection): void;
  /** The attempt has ended: nothing follows any more. */
  end(): void;
}

export interface AttemptLinkOptions {
  readonly ticket: Hex;
  readonly connection: ProviderConnection;
  readonly graceMs: number;
  readonly onGone: (reason: string) => void;
}

export function createAttemptLink(options: AttemptLinkOptions): AttemptLink {
  const { ticket, graceMs, onGone } = options;
  let { connection } = options;
  let cancelled: { readonly reason: string; readonly partial: boolean } | undefined;
  let grace: NodeJS.Timeout | undefined;
  return {
    get connection() {
      return connection;
    },
    cancel(reason, partial) {
      cancelled = { reason, partial };
      connection.sendCancel({ ticket, ...cancelled });
    },
    cut(reason) {
      clearTimeout(grace);
      grace = setTimeout(() => onGone(reason), graceMs);
    },
    adopt(next) {
      clearTimeout(grace);
      connection = next;
      if (cancelled !== undefined) connection.sendCancel({ ticket, ...cancelled });
    },
    end: () => clearTimeout(grace),
  };
}
