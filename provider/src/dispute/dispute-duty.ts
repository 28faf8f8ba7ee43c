import type { Address, Domain, Hex } from '@assay/wire';
import { AbiCoder, keccak256 } from 'ethers';
import type { Logger } from 'pino';
import { disputeAbi } from '../chain/abi.ts';
import { type Chain, reasonOf } from '../chain/chain.ts';
import type { Sender } from '../chain/sender.ts';
import type { ReceiptStore } from '../receipt/receipt-store.ts';
import type { Vault } from '../retention/vault.ts';
import type { ServedOffer } from '../supervisor/serve/served-offer.ts';
import type { SlotPool } from '../supervisor/slots/slot-types.ts';
import { evidenceFault } from './check-evidence.ts';
import { computeVote, unavailableVote } from './compute-vote.ts';
import type { DisputeBook, DisputeRecord, Vote } from './dispute-book.ts';
import { decodeEvidence, type Evidence } from './evidence.ts';
import type { EvidenceStore } from './evidence-store.ts';
import { findDisputes } from './find-disputes.ts';

const BLOCKS_A_SCAN = 2_000;
const STATUS = ['NONE', 'OPEN', 'GUILTY', 'CLEARED', 'DRAWN'] as const;
/** Without evidence a juror waits this part of the commit window before it says UNAVAILABLE. */
const WAIT_FOR_EVIDENCE = 0.6;

export interface DutyOptions {
  readonly provider: Address;
  readonly manager: Address;
  readonly deployBlock: number;
  readonly domain: Domain;
  readonly chain: Chain;
  /** The hot key's: anybody may answer and resolve. */
  readonly sender: Sender;
  /** The owner's: the contract takes votes from the juror itself only. Undefined: this provider cannot vote. */
  readonly jurorSender: Sender | undefined;
  readonly book: DisputeBook;
  readonly receipts: ReceiptStore;
  readonly vault: Vault;
  readonly evidence: EvidenceStore;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly pool: SlotPool;
  readonly everyMs: number;
  readonly log: Logger;
}

/** Watches the chain for disputes that concern this provider and does, in time and unattended, what the rules ask. */
export interface DisputeDuty {
  /** One look at the chain and one step of every open dispute. */
  step(): Promise<void>;
  /** This provider's own evidence of a ticket, from its vault. */
  ownEvidence(ticket: Hex): Promise<Evidence | undefined>;
  start(): void;
  stop(): Promise<void>;
}

export function createDisputeDuty(options: DutyOptions): DisputeDuty {
  const { book, chain, manager, provider, sender, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function scan(): Promise<void> {
    const head = await chain.read((rpc) => rpc.getBlockNumber());
    let next = book.cursor() ?? options.deployBlock;
    while (next <= head) {
      const last = Math.min(head, next + BLOCKS_A_SCAN - 1);
      for (const record of await findDisputes({ chain, manager, provider }, next, last)) {
        log.warn(
          { dispute: record.id, role: record.role, commitEnds: record.commitEnds },
          'a dispute concerns this provider',
        );
        await book.add(record);
      }
      next = last + 1;
      await book.moveCursor(next);
    }
  }

  const send = (from: Sender, name: string, ...args: unknown[]) =>
    from.send({ to: manager, abi: disputeAbi, name, args });

  async function advance(record: DisputeRecord, now: number): Promise<void> {
    const { status } = (await chain.call({
      to: manager,
      abi: disputeAbi,
      name: 'dispute',
      args: [record.id],
    })) as { status: bigint };
    if (status !== 1n)
      return book.update(record.id, { state: 'closed', note: STATUS[Number(status)] ?? '' });
    if (now >= record.revealEnds) return void (await send(sender, 'resolve', record.id));
    if (record.role === 'accused') await defend(record, now);
    else await judge(record, now);
  }

  /** Publishes the evidence at once, and shows the receipt's fingerprint as soon as the chain takes it. */
  async function defend(record: DisputeRecord, now: number): Promise<void> {
    if (record.note === '') await handOver(record.id);
    if (record.state !== 'open' || now < record.commitEnds) return;
    const stored = options.receipts.find(record.id);
    if (stored === undefined)
      return book.update(record.id, { note: 'no such receipt in this journal' });
    const { fingerprint, fingerprintSalt } = stored.frame;
    await send(sender, 'answer', record.id, fingerprint, fingerprintSalt);
    await book.update(record.id, { state: 'answered' });
    log.info({ dispute: record.id }, 'dispute answered');
  }

  async function handOver(id: Hex): Promise<void> {
    const evidence = await ownEvidence(id);
    if (evidence === undefined)
      return book.update(id, { note: 'input and output are not in the vault' });
    const file = await options.evidence.keep(evidence);
    const places = await options.evidence.publish(evidence);
    await book.update(id, {
      note: places.length > 0 ? `evidence at ${places.join(', ')}` : `evidence in ${file}`,
    });
  }

  async function judge(record: DisputeRecord, now: number): Promise<void> {
    const juror = options.jurorSender;
    if (juror === undefined) {
      if (record.note === '')
        log.error(
          { dispute: record.id },
          'drawn as a juror, but votes need keys.ownerKey in the config',
        );
      return book.update(record.id, { note: 'cannot vote: keys.ownerKey is not configured' });
    }
    if (now < record.commitEnds && record.state === 'open') return commit(record, juror, now);
    if (now < record.commitEnds || record.state !== 'committed' || record.vote === undefined)
      return;
    const { available, fingerprint, salt } = record.vote;
    await send(juror, 'revealFingerprint', record.id, available, fingerprint, salt);
    await book.update(record.id, { state: 'revealed' });
    log.info({ dispute: record.id, available }, 'vote revealed');
  }

  async function commit(record: DisputeRecord, juror: Sender, now: number): Promise<void> {
    const vote = record.vote ?? (await castVote(record, now));
    if (vote === undefined) return;
    await book.update(record.id, { vote });
    await send(juror, 'commitFingerprint', record.id, commitmentOf(record.id, juror.address, vote));
    await book.update(record.id, {
      state: 'committed',
      note: vote.available ? 'ran it again' : 'voted unavailable',
    });
    log.info({ dispute: record.id, available: vote.available }, 'vote committed');
  }

  async function castVote(record: DisputeRecord, now: number): Promise<Vote | undefined> {
    const offer = options.offers.get(record.modelId);
    for await (const evidence of options.evidence.find(record.id)) {
      if (offer === undefined || evidenceFault(evidence, record, options.domain) !== undefined)
        continue;
      try {
        return await computeVote(evidence, offer, {
          pool: options.pool,
          deadline: record.commitEnds * 1000 - 2_000,
        });
      } catch (error) {
        log.warn(
          { dispute: record.id, reason: reasonOf(error) },
          'the disputed job could not be run again',
        );
      }
    }
    const opened = record.commitEnds - (record.revealEnds - record.commitEnds);
    const patience = opened + WAIT_FOR_EVIDENCE * (record.commitEnds - opened);
    return now >= patience ? unavailableVote() : undefined;
  }

  async function ownEvidence(ticket: Hex): Promise<Evidence | undefined> {
    const plain = await options.vault.get(ticket);
    return plain && decodeEvidence(plain);
  }

  async function step(): Promise<void> {
    await scan();
    const open = book.all().filter(({ state }) => state !== 'closed');
    if (open.length === 0) return;
    const block = await chain.read((rpc) => rpc.getBlock('latest'));
    const now = Math.max(Math.floor(Date.now() / 1000), block?.timestamp ?? 0);
    for (const record of open) {
      await advance(record, now).catch((error: unknown) =>
        log.warn(
          { dispute: record.id, reason: reasonOf(error) },
          'a step of a dispute failed; it is tried again',
        ),
      );
    }
  }

  async function tick(): Promise<void> {
    await step().catch((error: unknown) =>
      log.debug({ reason: reasonOf(error) }, 'disputes could not be read'),
    );
    if (!stopped) timer = setTimeout(again, options.everyMs);
  }

  function again(): void {
    running = tick();
  }

  return {
    step,
    ownEvidence,
    start: again,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** `keccak256(abi.encode(disputeId, juror, available, fingerprint, salt))`. */
export function commitmentOf(
  id: Hex,
  juror: Address,
  { available, fingerprint, salt }: Vote,
): string {
  const types = ['bytes32', 'address', 'bool', 'int32[16]', 'bytes32'];
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(types, [id, juror, available, fingerprint, salt]),
  );
}
