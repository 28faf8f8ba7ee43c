import type { MarketplaceLink } from '../../link/marketplace-link.ts';

/**
 * What one attempt has to say, in order, kept until the gateway has acknowledged the receipt: after a lost connection it is
 * said again from the start, byte for byte. Sends only while the link has room.
 */
export interface Outbox {
  readonly bytes: number;
  push(frame: Buffer): void;
  /** Sends what is unsent, as far as the link has room. */
  flush(): void;
  /** A new connection: everything goes again, over `link`. */
  restart(link: MarketplaceLink): void;
}

export function createOutbox(first: MarketplaceLink): Outbox {
  const frames: Buffer[] = [];
  let link = first;
  let sent = 0;
  let bytes = 0;

  function flush(): void {
    while (sent < frames.length && !link.full) {
      const frame = frames[sent];
      if (frame === undefined || !link.send(frame)) return;
      sent += 1;
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    push(frame) {
      frames.push(frame);
      bytes += frame.byteLength;
      flush();
    },
    flush,
    restart(next) {
      link = next;
      sent = 0;
      flush();
    },
  };
}
