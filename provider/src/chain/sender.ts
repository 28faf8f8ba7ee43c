import { type Address, AssayError, type Hex } from '@assay/wire';
import { type TransactionReceipt, Wallet } from 'ethers';
import { type Call, type Chain, reasonOf } from './chain.ts';

const MAX_BUMPS = 4;
const FIRST_PAUSE_MS = 20;

/** Sends an account's transactions one after another, and waits for each. */
export interface Sender {
  readonly address: Address;
  send(call: Call & { readonly value?: bigint }): Promise<TransactionReceipt>;
  transfer(to: Address, value: bigint): Promise<TransactionReceipt>;
}

export interface SenderOptions {
  readonly chain: Chain;
  readonly privateKey: Hex;
  readonly pollMs: number;
  /** After this long without a receipt the fee is raised. */
  readonly bumpAfterMs?: number;
}

interface Request {
  readonly to: Address;
  readonly data: string;
  readonly value: bigint;
}

export function createSender({
  chain,
  privateKey,
  pollMs,
  bumpAfterMs = 45_000,
}: SenderOptions): Sender {
  const wallet = new Wallet(privateKey);
  const address = wallet.address.toLowerCase() as Address;
  let last: Promise<unknown> = Promise.resolve();

  async function deliver(request: Request): Promise<TransactionReceipt> {
    const from = address;
    const [nonce, gas, fees] = await chain.read((rpc) =>
      Promise.all([
        rpc.getTransactionCount(from, 'pending'),
        rpc.estimateGas({ from, ...request }),
        rpc.getFeeData(),
      ]),
    );
    let maxFeePerGas = fees.maxFeePerGas ?? fees.gasPrice ?? 1_000_000_000n;
    let maxPriorityFeePerGas = fees.maxPriorityFeePerGas ?? 0n;
    const hashes: string[] = [];
    for (let bump = 0; bump <= MAX_BUMPS; bump++) {
      const raw = await wallet.signTransaction({
        ...request,
        type: 2,
        chainId: chain.chainId,
        nonce,
        gasLimit: (gas * 12n) / 10n,
        maxFeePerGas,
        maxPriorityFeePerGas,
      });
      hashes.push(await broadcast(raw));
      const receipt = await mined(hashes);
      if (receipt) return receipt;
      maxFeePerGas = (maxFeePerGas * 13n) / 10n;
      maxPriorityFeePerGas = (maxPriorityFeePerGas * 13n) / 10n + 1n;
    }
    throw new AssayError('S408', { details: { reason: 'not mined', hashes } });
  }

  async function broadcast(raw: string): Promise<string> {
    const sent = await chain.read((rpc) => rpc.broadcastTransaction(raw));
    return sent.hash;
  }

  async function mined(hashes: readonly string[]): Promise<TransactionReceipt | undefined> {
    const until = Date.now() + bumpAfterMs;
    // Chains that mine at once are asked again soon, slow ones less and less often.
    let pause = FIRST_PAUSE_MS;
    while (Date.now() < until) {
      for (const hash of hashes) {
        const receipt = await chain.read((rpc) => rpc.getTransactionReceipt(hash));
        if (receipt) return receipt;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 1.5, pollMs, 1_000);
    }
    return undefined;
  }

  async function checked(request: Request, what: string): Promise<TransactionReceipt> {
    let receipt: TransactionReceipt;
    try {
      receipt = await deliver(request);
    } catch (cause) {
      if (cause instanceof AssayError) throw cause;
      throw new AssayError('S408', {
        cause,
        details: { transaction: what, from: address, reason: reasonOf(cause) },
      });
    }
    if (receipt.status === 1) return receipt;
    throw new AssayError('S408', {
      details: { transaction: what, reason: 'reverted', hash: receipt.hash },
    });
  }

  function queue(request: Request, what: string): Promise<TransactionReceipt> {
    const turn = last.then(() => checked(request, what));
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    address,
    send: ({ to, abi, name, args, value = 0n }) =>
      queue({ to, data: abi.encodeFunctionData(name, args), value }, name),
    transfer: (to, value) => queue({ to, data: '0x', value }, 'transfer'),
  };
}
