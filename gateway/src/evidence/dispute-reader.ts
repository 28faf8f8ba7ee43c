import type { RpcClient } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Deployment,
  type DisputeTerms,
  type Hex,
  lowerAddress,
  providerRegistryAbi,
} from '@assay/wire';
import { Interface } from 'ethers';
import { z } from 'zod';
import { disputeAbi } from './dispute-abi.ts';
import { findTerms } from './find-terms.ts';
import type { OpenDispute } from './open-dispute.ts';

/** Says what the chain holds of disputes, asking it at most once in a few seconds for one ticket. */
export interface DisputeReader {
  /** Undefined where no open dispute is about the ticket. Throws S408 where the chain does not answer. */
  open(ticket: Hex): Promise<OpenDispute | undefined>;
}

export interface DisputeReaderOptions {
  readonly rpc: RpcClient;
  readonly deployment: Deployment;
  readonly now?: () => number;
}

interface Answer {
  readonly until: number;
  readonly dispute: Promise<OpenDispute | undefined>;
}

const REMEMBER_MS = 3_000;
/** Tickets nobody disputes cost memory for three seconds only, and never more than this. */
const REMEMBERED = 10_000;
const OPEN = 1n;
const NOBODY: Address = `0x${'00'.repeat(20)}`;
const registryAbi = new Interface(providerRegistryAbi);
const bytes = z.string().regex(/^0x([0-9a-f]{2})*$/);

export function createDisputeReader(options: DisputeReaderOptions): DisputeReader {
  const { rpc, deployment, now = Date.now } = options;
  const { DisputeManager, ProviderRegistry } = deployment.contracts;
  const answers = new Map<Hex, Answer>();
  /** A dispute's terms never change; those of another fork have other windows. */
  const known = new Map<string, DisputeTerms>();

  async function call(to: Address, abi: Interface, name: string, args: readonly unknown[]) {
    const data = abi.encodeFunctionData(name, args);
    const answer = await rpc.call('eth_call', [{ to, data }, 'latest'], bytes);
    return abi.decodeFunctionResult(name, answer)[0];
  }

  async function partiesOf(owners: readonly Address[]): Promise<ReadonlySet<Address>> {
    const keys = await Promise.all(
      owners.map((owner) => call(ProviderRegistry, registryAbi, 'keyOf', [owner])),
    );
    const parties = new Set([...owners, ...keys.map((key) => lowerAddress(String(key)))]);
    parties.delete(NOBODY);
    return parties;
  }

  async function termsOf(ticket: Hex, commitEnds: bigint): Promise<DisputeTerms | undefined> {
    const id = `${ticket}:${commitEnds}`;
    const terms = known.get(id) ?? (await findTerms(ticket, { rpc, deployment }));
    if (terms !== undefined) known.set(id, terms);
    return terms;
  }

  async function ask(ticket: Hex): Promise<OpenDispute | undefined> {
    const found = await call(DisputeManager, disputeAbi, 'dispute', [ticket]);
    if (found.status !== OPEN) return undefined;
    const terms = await termsOf(ticket, found.commitEnds);
    if (terms === undefined) return undefined;
    const jurors = await call(DisputeManager, disputeAbi, 'jurorsOf', [ticket]);
    const owners = [found.provider, found.reporter, ...jurors].map((owner) =>
      lowerAddress(String(owner)),
    );
    return { terms, parties: await partiesOf(owners), endsAt: Number(found.revealEnds) };
  }

  function forget(): void {
    for (const [ticket, { until }] of answers) if (until <= now()) answers.delete(ticket);
    if (answers.size >= REMEMBERED) answers.clear();
    if (known.size >= REMEMBERED) known.clear();
  }

  return {
    open(ticket) {
      const answer = answers.get(ticket);
      if (answer !== undefined && answer.until > now()) return answer.dispute;
      forget();
      const dispute = ask(ticket).catch((cause: unknown) => {
        answers.delete(ticket);
        throw new AssayError('S408', { cause, details: { ticket } });
      });
      answers.set(ticket, { until: now() + REMEMBER_MS, dispute });
      return dispute;
    },
  };
}
