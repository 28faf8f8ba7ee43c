import { expect, test } from 'vitest';
import type { MarketplaceLink } from '../../link/marketplace-link.ts';
import { createSendQueue } from './send-queue.ts';

test('sends in order, no more than there is room for, and goes on when there is room again', () => {
  const sent: string[] = [];
  let room = 2;
  const link = {
    get full() {
      return room === 0;
    },
    send(frame: Buffer) {
      room -= 1;
      sent.push(frame.toString());
      return true;
    },
  } as Partial<MarketplaceLink> as MarketplaceLink;
  const queue = createSendQueue(link);
  for (const word of ['a', 'b', 'c', 'd']) queue.push(Buffer.from(word));
  expect(sent).toEqual(['a', 'b']);
  room = 9;
  queue.flush();
  queue.push(Buffer.from('e'));
  queue.flush();
  expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
});
