import type { MarketplaceLink } from '../../link/marketplace-link.ts';

/** Frames for one connection, in order, sent as far as it has room. What is unsent when it is lost is not sent again. */
export interface SendQueue {
  push(frame: Buffer): void;
  flush(): void;
}

export function createSendQueue(link: MarketplaceLink): SendQueue {
  const frames: Buffer[] = [];
  let sent = 0;
  function flush(): void {
    while (sent < frames.length && !link.full) {
      const frame = frames[sent];
      if (frame === undefined || !link.send(frame)) return;
      sent += 1;
    }
    if (sent < frames.length) return;
    frames.length = 0;
    sent = 0;
  }
  return {
    push(frame) {
      frames.push(frame);
      flush();
    },
    flush,
  };
}
