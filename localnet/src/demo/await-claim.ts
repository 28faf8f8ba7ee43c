import { type Network, sessionEscrowAbi } from '@assay/wire';
import { Interface, JsonRpcProvider } from 'ethers';
import { z } from 'zod';
import { askGraphql } from '../parts/ask-graphql.ts';
import { pollUntil } from '../processes/poll-until.ts';
import type { Reporter } from '../report/reporter.ts';

const PATIENCE_MS = 120_000;
const escrow = new Interface(sessionEscrowAbi);

interface Wanted {
  readonly network: Network;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly sessionId: string;
  readonly spent: bigint;
}

/** Waits until the providers have claimed all that the session spent, on chain and then in the index. */
export async function awaitClaim(wanted: Wanted): Promise<void> {
  const { network, reporter } = wanted;
  const patient = AbortSignal.any([wanted.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const rpc = new JsonRpcProvider(network.chainRpc, network.chainId, { staticNetwork: true });
  try {
    await reporter.stage('claim on chain', async (note) => {
      await pollUntil(async () => (await claimed(rpc, wanted)).total >= wanted.spent, patient, 200);
      const { transactions, vouchers } = await claimed(rpc, wanted);
      const receipts = await Promise.all(
        transactions.map((transaction) => rpc.getTransactionReceipt(transaction)),
      );
      const gas = receipts.map((receipt) => receipt?.gasUsed ?? 0n);
      note(`${vouchers} vouchers in ${transactions.length} transactions, gas ${gas.join(' + ')}`);
    });
  } finally {
    rpc.destroy();
  }
  await reporter.stage('claim in index', async (note) => {
    let seen = { total: 0n, head: 0 };
    await pollUntil(
      async (signal) => {
        seen = await indexed(wanted, signal);
        return seen.total >= wanted.spent;
      },
      patient,
      100,
    );
    note(`${seen.total} units of 1e-6 USD claimed, index at block ${seen.head}`);
  });
}

async function claimed(rpc: JsonRpcProvider, { network, sessionId }: Wanted) {
  const logs = await rpc.getLogs({
    address: network.contracts.SessionEscrow ?? '',
    topics: [escrow.getEvent('VoucherClaimed')?.topicHash ?? '', sessionId],
    fromBlock: 0,
  });
  const deltas = logs.map((log) => BigInt(escrow.parseLog(log)?.args.getValue('delta')));
  return {
    vouchers: logs.length,
    total: deltas.reduce((sum, delta) => sum + delta, 0n),
    transactions: [...new Set(logs.map((log) => log.transactionHash))],
  };
}

const answerSchema = z.object({
  claims: z.array(z.object({ delta: z.string() })),
  _meta: z.object({ block: z.object({ number: z.number() }) }),
});

async function indexed({ network, sessionId }: Wanted, signal: AbortSignal) {
  const query = `{ claims(where: { session: "${sessionId}" }) { delta } _meta { block { number } } }`;
  const { claims, _meta } = answerSchema.parse(
    await askGraphql(network.indexGraphql, query, signal),
  );
  const total = claims.reduce((sum, { delta }) => sum + BigInt(delta), 0n);
  return { total, head: _meta.block.number };
}
