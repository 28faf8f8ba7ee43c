import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_RECEIPTS, encodeFrame, type Hex, offerIdOf, type Tensor } from '@assay/wire';
import { createBundleStore } from '../../src/bundle/bundle-store.ts';
import { sampleTensors } from '../../src/inference/sample-tensors.ts';
import { cpuOf } from './cpu-of.ts';
import { inFlight } from './in-flight.ts';
import { pinToCore } from './pin-to-core.ts';
import { printRow } from './print-row.ts';
import { type SpawnedProvider, spawnProvider } from './spawn-provider.ts';
import { startBareLoop } from './start-bare-loop.ts';
import { median, sum } from './statistics.ts';

const BUNDLE = join(import.meta.dirname, '../../models/pp-ocr-v4-det/1');
/** The child and the bare loop have this core in turn; supervisor and marketplace share the other. */
const CORE = 0;
const OTHER_CORE = 1;
const ROUNDS = 7;
const RUNS = 60;
/** Until V8 has compiled what a job goes through. */
const WARM_UP = 240;
/** Enough that the child never waits for the next job: after its output a job still has receipt and payment before it. */
const IN_FLIGHT = 5;
const UNIT_PRICE = 10n;

interface Round {
  readonly ours: number;
  readonly reference: number;
  readonly cpuMs: number;
}

/**
 * PP-OCR detection through a whole provider: ticket and tensors in over its WebSocket, the output put as a blob, input
 * and output kept for disputes, the receipt stored and signed, voucher and guarantee checked and stored.
 */
export async function measureLink(): Promise<void> {
  const provider = await spawnProvider(BUNDLE);
  const root = mkdtempSync(join(tmpdir(), 'assay-bare-'));
  const { manifest, directory } = await createBundleStore(root).importDirectory(BUNDLE);
  const bare = await startBareLoop({ modelId: provider.modelId, manifest, directory }, CORE);
  for (const pid of [process.pid, provider.pid]) pinToCore(pid, OTHER_CORE);
  for (const pid of provider.children()) pinToCore(pid, CORE);
  const jobs = createJobs(provider, sampleTensors(manifest));
  await inFlight(jobs, WARM_UP);

  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const reference = (1_000 * RUNS) / sum(await bare.run(RUNS));
    const cpu = cpuOf(provider.pid);
    const started = performance.now();
    await inFlight(jobs, RUNS);
    const ours = (1_000 * RUNS) / (performance.now() - started);
    rounds.push({ ours, reference, cpuMs: (cpuOf(provider.pid) - cpu) / RUNS });
  }
  bare.stop();
  await provider.stop();
  await rm(root, { recursive: true });
  report(rounds);
}

/** As many jobs as go on at once, each to be run again and again: from ticket to acknowledged payment. */
function createJobs(
  provider: SpawnedProvider,
  tensors: readonly Tensor[],
): (() => Promise<void>)[] {
  const { gateway, modelId, sessionId } = provider;
  const offerId = offerIdOf(provider.provider, modelId);
  const plan = { modelId, sessionId, tensors, unitPrice: UNIT_PRICE, maxPrice: UNIT_PRICE };
  let cumulative = 0n;
  let chain: Hex = EMPTY_RECEIPTS;
  return Array.from({ length: IN_FLIGHT }, () => {
    const frameOf = reusedFrame();
    return async () => {
      const { id, meta, body } = gateway.makeTicket(provider.provider, plan);
      gateway.sayRaw(frameOf(encodeFrame('ticket', meta), body));
      const { meta: stated } = await gateway.hears('receipt', id);
      gateway.forget(id);
      gateway.say('receiptAck', { ticket: id });
      cumulative += BigInt(stated.receipt.price);
      const payment = gateway.payment(sessionId, offerId, cumulative, [], chain);
      chain = payment.receipts;
      gateway.say('payment', payment);
    };
  });
}

/** A frame that is not made anew for each ticket: what the marketplace takes of the core is the supervisor's no more. */
function reusedFrame(): (head: Buffer, body: readonly Uint8Array[]) => Buffer {
  let frame: Buffer | undefined;
  let headBytes = 0;
  return (head, body) => {
    if (frame === undefined || headBytes !== head.byteLength)
      frame = Buffer.concat([head, ...body]);
    else head.copy(frame);
    headBytes = head.byteLength;
    return frame;
  };
}

function report(rounds: readonly Round[]): void {
  const typical = rounds.toSorted((a, b) => a.ours / a.reference - b.ours / b.reference)[
    Math.floor(ROUNDS / 2)
  ];
  const { ours = Number.NaN, reference = Number.NaN } = typical ?? {};
  printRow({
    name: 'PP-OCR det through the whole provider, ORT on one core, against a bare loop on it',
    ours,
    reference,
    unit: 'jobs/s',
    bar: 'ratio >= 0.9',
    ok: ours / reference >= 0.9,
  });
  printRow({
    name: 'supervisor CPU per PP-OCR det job (1.2 MB in, 0.4 MB out), link and money included',
    ours: median(rounds.map(({ cpuMs }) => cpuMs)),
    reference: null,
    unit: 'ms',
    bar: 'none',
    ok: null,
  });
}
