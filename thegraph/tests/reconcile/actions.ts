import {
  type Address,
  digestOf,
  type Grant,
  type Hex,
  offerIdOf,
  type Receipt,
  type Ticket,
} from '@assay/wire';
import { id } from 'ethers';
import type { Cast } from './cast.ts';
import type { Chain } from './chain.ts';
import type { Random } from './random.ts';

const STAKE = 10n ** 18n;
const ZERO = `0x${'0'.repeat(64)}` as Hex;
const NOBODY: Address = `0x${'0'.repeat(40)}`;

/** What the acting parties remember; a reorg does not make them forget what they signed. */
export interface Memory {
  readonly sessions: { grant: Grant; sessionId: Hex }[];
  readonly vouchers: Map<string, bigint>;
  count: number;
}

export interface Scene {
  readonly chain: Chain;
  readonly cast: Cast;
  readonly random: Random;
  readonly memory: Memory;
  readonly now: number;
}
type Action = (scene: Scene) => Promise<void>;

const staking =
  (pick: (scene: Scene) => string, method: string, args: (scene: Scene) => unknown[]): Action =>
  (scene) =>
    scene.chain.send(pick(scene), 'Staking', method, ...args(scene));
const aProvider = ({ random, cast }: Scene) => random.pick(cast.providers);
const aDelegator = ({ random, cast }: Scene) => random.pick(cast.delegators);
const byDisputes = ({ chain }: Scene) => chain.deployment.contracts.DisputeManager;

async function open({ chain, cast, random, memory, now }: Scene) {
  const hosted = random.below(4) > 0;
  const grant: Grant = {
    ...{
      payer: cast.payer,
      key: cast.sessionKey.address,
      gateway: hosted ? cast.gateway.address : NOBODY,
    },
    ...{
      gatewayFeePpm: hosted ? random.below(50_000) : 0,
      expiresAt: BigInt(now + 100_000),
      withdrawDelay: 10,
    },
    ...{ policy: ZERO, salt: id(`salt ${memory.count++}`) as Hex },
  };
  memory.sessions.push({ grant, sessionId: digestOf(cast.domain, 'Grant', grant) });
  await chain.send(
    cast.payer,
    'SessionEscrow',
    'openWithApproval',
    grant,
    10_000 + random.below(90_000),
  );
}

/** A batch of 1 to 3 vouchers: honest, stale or beyond the session's balance, which the bond then covers. */
async function claim({ chain, cast, random, memory }: Scene) {
  if (memory.sessions.length === 0) return;
  const batch = Array.from({ length: 1 + random.below(3) }, () => {
    const { grant, sessionId } = random.pick(memory.sessions.slice(-6));
    const provider = random.pick(cast.providers);
    const offerId = offerIdOf(provider, cast.modelId);
    const before = memory.vouchers.get(sessionId + offerId) ?? 0n;
    const step = random.below(30) === 0 ? 200_000 : 1 + random.below(9_000);
    const cumulative = random.below(12) === 0 ? before : before + BigInt(step);
    memory.vouchers.set(sessionId + offerId, cumulative);
    const receipts = id(`receipts ${cumulative}`) as Hex;
    const voucher = { sessionId, offerId, cumulative };
    const guarantee = cast.gateway.sign(
      digestOf(cast.domain, 'Guarantee', { ...voucher, receipts }),
    );
    return {
      ...{ sessionId, provider, modelId: cast.modelId, cumulative, receipts },
      voucherSignature: cast.sessionKey.sign(digestOf(cast.domain, 'Voucher', voucher)),
      guaranteeSignature: grant.gateway === NOBODY ? '0x' : guarantee,
    };
  });
  await chain.send(cast.stranger, 'SessionEscrow', 'claim', batch);
}

/** Two receipts for one ticket, signed by the provider's own key. */
async function conflict({ chain, cast, random, memory, now }: Scene) {
  const index = random.below(cast.providers.length);
  const provider = cast.providers[index];
  const key = cast.receiptKeys[index];
  if (!provider || !key) return;
  const offerId = offerIdOf(provider, cast.modelId);
  const ticket: Ticket = {
    ...{ jobId: id(`job ${memory.count++}`) as Hex, attempt: 1, sessionId: ZERO, offerId },
    ...{ maxPrice: 9n, deadline: BigInt(now) },
  };
  const domain = { ...cast.domain, verifyingContract: cast.domain.verifyingContract };
  const receipt = (outputRoot: Hex): Receipt => ({
    ...{
      ticket: digestOf(domain, 'Ticket', ticket),
      execClass: cast.execClass,
      inputRoot: ZERO,
      outputRoot,
    },
    ...{ fingerprintHash: ZERO, units: 1n, price: 1n, startedAt: 1n, finishedAt: 2n },
  });
  const signed = [id('one'), id('two')].flatMap((root) => {
    const each = receipt(root as Hex);
    return [each, key.sign(digestOf(domain, 'Receipt', each))];
  });
  await chain.send(cast.stranger, 'DisputeManager', 'proveConflict', ticket, ...signed);
}

/** The dispute manager's own right to hold and take earnings, without the days a committee would need. */
async function hold({ chain, cast, random, memory, now }: Scene) {
  const dispute = id(`dispute ${memory.count++}`);
  const from = chain.deployment.contracts.DisputeManager;
  const provider = random.pick(cast.providers);
  await chain.send(from, 'SessionEscrow', 'freezeEarnings', provider, dispute, now + 1_000);
  if (random.below(2) === 0)
    await chain.send(from, 'SessionEscrow', 'forfeitEarnings', provider, dispute);
  else await chain.send(from, 'SessionEscrow', 'releaseEarnings', dispute);
}

const ofSession =
  (method: string, args: (scene: Scene, grant: Grant, sessionId: Hex) => unknown[]): Action =>
  async (scene) => {
    const { chain, cast, random, memory } = scene;
    if (memory.sessions.length === 0) return;
    const { grant, sessionId } = random.pick(memory.sessions.slice(-12));
    await chain.send(cast.payer, 'SessionEscrow', method, ...args(scene, grant, sessionId));
  };
const anyone =
  (method: string, args: (scene: Scene) => unknown[]): Action =>
  (scene) =>
    scene.chain.send(scene.cast.stranger, 'SessionEscrow', method, ...args(scene));

/** How often, and what. Refused ones leave no event, like on any chain. */
const WEIGHTED: readonly (readonly [number, Action])[] = [
  [4, staking(aProvider, 'stake', ({ random }) => [random.amount(2_000, STAKE)])],
  [4, staking(aProvider, 'thaw', ({ random }) => [random.amount(1_000, STAKE)])],
  [2, staking(aProvider, 'withdraw', (scene) => [aProvider(scene)])],
  [
    6,
    staking(aDelegator, 'delegate', (scene) => [
      aProvider(scene),
      scene.random.amount(3_000, STAKE),
      0,
    ]),
  ],
  [
    4,
    staking(aDelegator, 'undelegate', (scene) => [
      aProvider(scene),
      scene.random.amount(900, STAKE),
    ]),
  ],
  [
    2,
    async (scene) =>
      scene.chain.send(
        scene.cast.stranger,
        'Staking',
        'withdrawDelegated',
        aProvider(scene),
        aDelegator(scene),
      ),
  ],
  [
    2,
    staking(
      ({ cast }) => cast.stranger,
      'addRewards',
      (scene) => [aProvider(scene), 1 + scene.random.below(1_000_000)],
    ),
  ],
  [2, staking(aDelegator, 'claimRewards', (scene) => [aProvider(scene)])],
  [1, staking(aProvider, 'setDelegatorCut', ({ random }) => [random.below(1_000_000)])],
  [
    3,
    staking(byDisputes, 'slash', (scene) => [
      ...[
        aProvider(scene),
        scene.random.amount(scene.random.pick([1_500, 1_500, 40_000]), STAKE),
        scene.random.below(1_000_000),
        scene.cast.stranger,
      ],
      ...[
        id(`evidence ${scene.memory.count++}`),
        `0x${Buffer.from('fraud-proof').toString('hex').padEnd(64, '0')}`,
      ],
    ]),
  ],
  [2, conflict],
  [2, hold],
  [6, open],
  [14, claim],
  [
    2,
    ofSession('topUpWithApproval', ({ random }, _grant, sessionId) => [
      sessionId,
      1 + random.below(50_000),
    ]),
  ],
  [1, ofSession('close', (_scene, grant) => [grant])],
  [2, ofSession('withdraw', (_scene, grant) => [grant])],
  [2, anyone('withdrawEarnings', (scene) => [aProvider(scene)])],
  [1, anyone('shareEarnings', (scene) => [aProvider(scene)])],
  [
    1,
    anyone('withdrawFees', ({ cast, random }) => [
      random.pick([cast.gateway.address, cast.publisher]),
    ]),
  ],
  [1, anyone('bond', ({ cast, random }) => [cast.gateway.address, 1 + random.below(100_000)])],
  [
    1,
    async ({ chain, cast, random }) =>
      chain.send(cast.gateway.address, 'SessionEscrow', 'thawBond', 1 + random.below(10_000)),
  ],
  [1, anyone('withdrawBond', ({ cast }) => [cast.gateway.address])],
  [
    2,
    async (scene) =>
      scene.chain.send(
        aProvider(scene),
        'ProviderRegistry',
        'setOffer',
        scene.cast.modelId,
        1 + scene.random.below(900),
        scene.cast.execClass,
        scene.now + 5_000,
      ),
  ],
  [
    1,
    async (scene) =>
      scene.chain.send(aProvider(scene), 'ProviderRegistry', 'retireOffer', scene.cast.modelId),
  ],
];
const BAG = WEIGHTED.flatMap(([weight, action]) => Array<Action>(weight).fill(action));

export const act: Action = (scene) => scene.random.pick(BAG)(scene);
