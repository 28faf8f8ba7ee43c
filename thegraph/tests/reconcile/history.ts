import { act, type Memory } from './actions.ts';
import type { Cast } from './cast.ts';
import type { Chain } from './chain.ts';
import type { Random } from './random.ts';

const MOST_IN_A_BLOCK = 6;
const DEEPEST_REORG = 8;
const BLOCKS_PER_REORG = 12;

const BLOCKS_PER_LOOK = 10;

/** Mines random blocks, with a reorg now and then, until the canonical chain holds so many of our events. */
export async function writeHistory(
  stage: { chain: Chain; cast: Cast; random: Random },
  enough: (chain: Chain) => Promise<boolean>,
): Promise<{ blocks: number; reorgs: number[] }> {
  const { chain, random } = stage;
  const memory: Memory = { sessions: [], vouchers: new Map(), count: 0 };
  const reorgs: number[] = [];
  let blocks = 0;
  do {
    const { timestamp: now } = await chain.head();
    const actions = 1 + random.below(MOST_IN_A_BLOCK);
    for (let i = 0; i < actions; i++) await act({ ...stage, memory, now });
    await chain.mine(1 + random.below(random.below(10) === 0 ? 1_000 : 30));
    blocks += 1;
    if (blocks % BLOCKS_PER_REORG === 0) {
      const depth = 1 + (reorgs.length % DEEPEST_REORG);
      await chain.reorg(depth);
      reorgs.push(depth);
    }
  } while (blocks % BLOCKS_PER_LOOK !== 0 || !(await enough(chain)));
  return { blocks, reorgs };
}
