import {
  chainReceipts,
  digestOf,
  EMPTY_RECEIPTS,
  execClassId,
  type Grant,
  type Hex,
  modelIdOf,
  offerIdOf,
  RECEIVE_WITH_AUTHORIZATION,
  type Receipt,
  sha256,
  signerOf,
  type Ticket,
  toHex,
} from '@assay/wire';
import { hexlify, parseUnits, randomBytes } from 'ethers';
import { localParameters } from '../deploy/index.ts';
import { type Parties, read, run } from './parties.ts';

const INFERENCES = 1_000;
const PRICE = 1_000n;
const DEPOSIT = 5_000_000n;
const EXEC_CLASS = execClassId('walk/cpu');
const ZERO = `0x${'00'.repeat(32)}` as Hex;
const hex = (value: string): Hex => value.toLowerCase() as Hex;
const randomKey = () => signerOf(hexlify(randomBytes(32)) as Hex);

export interface Step {
  readonly what: string;
  readonly gas?: bigint;
  readonly note?: string;
}

/** From one signature to a slash: each step is checked on the chain, and reported with its gas. */
export async function walk(parties: Parties, report: (step: Step) => void): Promise<void> {
  const world = new Walk(parties, report);
  await world.publish();
  await world.provide();
  await world.open();
  await world.settle();
  await world.mature();
  await world.convict();
}

class Walk {
  readonly #parties: Parties;
  readonly #report: (step: Step) => void;
  readonly #sessionKey = randomKey();
  readonly #receiptKey = randomKey();
  #modelId: Hex = ZERO;
  #sessionId: Hex = ZERO;
  #receipts: Hex = EMPTY_RECEIPTS;

  constructor(parties: Parties, report: (step: Step) => void) {
    this.#parties = parties;
    this.#report = report;
  }

  get #escrowDomain() {
    const { chainId, contracts } = this.#parties.deployment;
    return { chainId, verifyingContract: contracts.SessionEscrow };
  }

  get #offerId(): Hex {
    return offerIdOf(hex(this.#parties.address('provider')), this.#modelId);
  }

  async publish(): Promise<void> {
    const manifest = Buffer.from('{"name":"walk","version":"1"}');
    const manifestHash = toHex(sha256(manifest));
    const classes = [{ execClass: EXEC_CLASS, scale: 1_000_000, tolerance: 100 }];
    const { models } = this.#parties.contracts('publisher');
    const { gasUsed } = await run(models, 'register', [
      manifest,
      manifestHash,
      classes,
      50_000,
      '',
    ]);
    this.#modelId = modelIdOf(hex(this.#parties.address('publisher')), manifestHash);
    this.#report({ what: 'publisher registers a model', gas: gasUsed });
  }

  async provide(): Promise<void> {
    const { assay, staking, providers } = this.#parties.contracts('provider');
    const provider = this.#parties.address('provider');
    const stake = parseUnits('1000', 18);
    await run(assay, 'approve', [await staking.getAddress(), stake]);
    const staked = await run(staking, 'stake', [stake]);
    const proof = digestOf(
      { ...this.#escrowDomain, verifyingContract: hex(await providers.getAddress()) },
      'ReceiptKey',
      { provider: hex(provider), key: this.#receiptKey.address },
    );
    await run(providers, 'register', [
      this.#receiptKey.address,
      this.#receiptKey.sign(proof),
      'eu-central',
      provider,
    ]);
    const validUntil = (await this.#parties.now()) + 86_400n;
    await run(providers, 'setOffer', [this.#modelId, PRICE, EXEC_CLASS, validUntil]);
    await run(staking, 'setDelegatorCut', [250_000]);
    this.#report({
      what: 'provider stakes, registers its key, offers',
      gas: staked.gasUsed,
      note: 'stake',
    });

    const backer = this.#parties.contracts('delegator');
    await run(backer.assay, 'approve', [await staking.getAddress(), stake]);
    const delegated = await run(backer.staking, 'delegate', [provider, stake, 0]);
    this.#report({ what: 'delegator delegates', gas: delegated.gasUsed });
  }

  /** The payer signs once and needs no gas; the gateway relays. */
  async open(): Promise<void> {
    const payer = this.#parties.wallets.payer;
    const now = await this.#parties.now();
    const token = randomBytes(32);
    const grant: Grant = {
      payer: hex(payer.address),
      key: this.#sessionKey.address,
      gateway: hex(this.#parties.address('gateway')),
      gatewayFeePpm: 20_000,
      expiresAt: now + 86_400n,
      withdrawDelay: localParameters.escrow.minWithdrawDelay,
      policy: ZERO,
      salt: toHex(sha256(token)),
    };
    this.#sessionId = digestOf(this.#escrowDomain, 'Grant', grant);
    const { usd, escrow } = this.#parties.contracts('gateway');
    const validBefore = now + 600n;
    const signature = await payer.signTypedData(
      {
        name: 'Test USD',
        version: '1',
        chainId: this.#escrowDomain.chainId,
        verifyingContract: await usd.getAddress(),
      },
      RECEIVE_WITH_AUTHORIZATION,
      {
        from: payer.address,
        to: await escrow.getAddress(),
        value: DEPOSIT,
        validAfter: 0,
        validBefore,
        nonce: this.#sessionId,
      },
    );
    const { gasUsed } = await run(escrow, 'open', [grant, DEPOSIT, 0, validBefore, signature]);
    await this.#expectBalance(DEPOSIT);
    this.#report({ what: 'one signature opens a session', gas: gasUsed });
  }

  async settle(): Promise<void> {
    const started = performance.now();
    for (let job = 0; job < INFERENCES; job += 1) this.#infer(job);
    const each = ((performance.now() - started) / INFERENCES).toFixed(2);
    this.#report({
      what: `${INFERENCES} inferences`,
      note: `${each} ms a receipt, signed and chained`,
    });
    const gas = await this.#claim(PRICE * BigInt(INFERENCES));
    await this.#expectBalance(DEPOSIT - PRICE * BigInt(INFERENCES));
    this.#report({
      what: 'one claim settles them',
      gas,
      note: `${(Number(gas) / INFERENCES).toFixed(1)} gas an inference`,
    });
  }

  async mature(): Promise<void> {
    const { escrow, usd } = this.#parties.contracts('reporter');
    const provider = this.#parties.address('provider');
    const before = await read<bigint>(usd, 'balanceOf', provider);
    await this.#parties.later(2 * localParameters.escrow.earningsWindow);
    const { gasUsed } = await run(escrow, 'withdrawEarnings', [provider]);
    const gross = PRICE * BigInt(INFERENCES) - 80_000n;
    expectEqual(
      await read<bigint>(usd, 'balanceOf', provider),
      before + (gross * 3n) / 4n,
      'earnings',
    );
    this.#report({ what: 'earnings mature, anyone may trigger the payout', gas: gasUsed });

    const backer = this.#parties.contracts('delegator');
    const delegator = this.#parties.address('delegator');
    const had = await read<bigint>(usd, 'balanceOf', delegator);
    const claimed = await run(backer.staking, 'claimRewards', [provider]);
    const got = (await read<bigint>(usd, 'balanceOf', delegator)) - had;
    expectEqual(got, gross / 4n, 'rewards');
    this.#report({ what: 'delegators are paid', gas: claimed.gasUsed, note: `${got} units` });
  }

  async convict(): Promise<void> {
    await this.#claim(PRICE * BigInt(2 * INFERENCES));
    const { disputes, escrow, staking } = this.#parties.contracts('reporter');
    const provider = this.#parties.address('provider');
    const ticket = this.#ticket(2 * INFERENCES, (await this.#parties.now()) + 60n);
    const receipts = ['one answer', 'another'].map((output) => this.#receiptFor(ticket, output));
    const stake = await read<bigint>(staking, 'slashable', provider);
    const signed = receipts.flatMap((receipt) => [receipt, this.#signReceipt(receipt).signature]);
    const { gasUsed } = await run(disputes, 'proveConflict', [ticket, ...signed]);
    const slashed = stake - (await read<bigint>(staking, 'slashable', provider));
    if (slashed < stake / 10n) throw new Error(`slashed only ${slashed} of ${stake}`);
    const [unmatured, matured] = await read<[bigint, bigint]>(escrow, 'earningsOf', provider);
    expectEqual(unmatured + matured, 0n, 'earnings after a conviction');
    this.#report({ what: 'two answers to one ticket slash and forfeit', gas: gasUsed });
  }

  #infer(job: number): void {
    const receipt = this.#receiptFor(this.#ticket(job, 2n ** 40n), `output ${job}`);
    this.#receipts = chainReceipts(this.#receipts, [this.#signReceipt(receipt).digest]);
  }

  #ticket(job: number, deadline: bigint): Ticket {
    return {
      jobId: toHex(sha256(`job ${job}`)),
      attempt: 0,
      sessionId: this.#sessionId,
      offerId: this.#offerId,
      maxPrice: PRICE,
      deadline,
    };
  }

  #receiptFor(ticket: Ticket, output: string): Receipt {
    return {
      ticket: digestOf(this.#escrowDomain, 'Ticket', ticket),
      execClass: EXEC_CLASS,
      inputRoot: ZERO,
      outputRoot: toHex(sha256(output)),
      fingerprintHash: ZERO,
      units: 1n,
      price: PRICE,
      startedAt: 1n,
      finishedAt: 2n,
    };
  }

  #signReceipt(receipt: Receipt): { digest: Hex; signature: Hex } {
    const digest = digestOf(this.#escrowDomain, 'Receipt', receipt);
    return { digest, signature: this.#receiptKey.sign(digest) };
  }

  async #claim(cumulative: bigint): Promise<bigint> {
    const voucher = { sessionId: this.#sessionId, offerId: this.#offerId, cumulative };
    const guarantee = { ...voucher, receipts: this.#receipts };
    const gateway = signerOf(this.#parties.wallets.gateway.privateKey as Hex);
    const entry = {
      sessionId: this.#sessionId,
      provider: this.#parties.address('provider'),
      modelId: this.#modelId,
      cumulative,
      receipts: this.#receipts,
      voucherSignature: this.#sessionKey.sign(digestOf(this.#escrowDomain, 'Voucher', voucher)),
      guaranteeSignature: gateway.sign(digestOf(this.#escrowDomain, 'Guarantee', guarantee)),
    };
    const { escrow } = this.#parties.contracts('provider');
    const { gasUsed } = await run(escrow, 'claim', [[entry]]);
    return gasUsed;
  }

  async #expectBalance(expected: bigint): Promise<void> {
    const { escrow } = this.#parties.contracts('reporter');
    const session = await read<{ balance: bigint }>(escrow, 'session', this.#sessionId);
    expectEqual(session.balance, expected, 'session balance');
  }
}

function expectEqual(actual: bigint, expected: bigint, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`);
}
