import type { Hex, SignedReceipt, Tensor } from '@assay/wire';
import type { Candidate } from '../routing/candidate.ts';
import { chargeReceipt, releaseHold } from '../settlement/charge-receipt.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import type { DispatchDeps } from './dispatcher.ts';
import { insist } from './insist.ts';
import { loadOutputs } from './load-outputs.ts';
import type { RunningJob } from './running-job.ts';
import { verifyReceipt } from './verify-receipt.ts';

export interface Settling {
  readonly attempt: Attempt;
  readonly candidate: Candidate;
  readonly inputSalt: Hex;
  readonly params: Parameters<typeof verifyReceipt>[1]['params'];
  readonly end: Extract<AttemptEnd, { kind: 'receipt' }>;
}

/** Checks the receipt and moves its price from the hold to the provider, before anybody is told. */
export async function settleAttempt(
  job: RunningJob,
  { attempt, candidate, inputSalt, params, end }: Settling,
  deps: DispatchDeps,
): Promise<{ readonly receipt: SignedReceipt } | { readonly fault: string }> {
  const { ticket, delivered, connection } = attempt;
  let outputs: Tensor[];
  try {
    outputs = await loadOutputs(delivered.tensors, deps.blobs);
  } catch (error) {
    return { fault: `an output blob is missing: ${String(error)}` };
  }
  const checked = verifyReceipt(end.meta, {
    domain: deps.domain,
    ticketId: attempt.id,
    ticket,
    receiptKey: connection.receiptKey,
    execClass: candidate.execClass,
    unitPrice: attempt.unitPrice,
    maxUnits: job.maxUnits,
    inputSalt,
    params,
    inputs: job.inputs,
    text: delivered.text,
    outputs,
    chunks: delivered.chunks,
  });
  if ('fault' in checked) return checked;
  const { receipt, digest } = checked;
  const { jobId, attempt: number, sessionId, offerId } = ticket;
  const { price, units } = receipt;
  const charge = { jobId, offerId, ticket: attempt.id, receiptDigest: digest, price, units };
  await insist(() =>
    deps.ledger.apply(sessionId, (account, changes) =>
      chargeReceipt(account, changes, { ...charge, at: deps.now() }),
    ),
  );
  // Not in one operation: while the hold stands, a charge whose answer was lost is known when asked again.
  job.released = insist(() =>
    deps.ledger.later(sessionId, (account, changes) => releaseHold(account, changes, jobId)),
  ).catch((error: unknown) => deps.log.error({ err: error, jobId }, 'hold not released yet'));
  const signed: SignedReceipt = {
    ...receipt,
    jobId,
    attempt: number,
    sessionId,
    offerId,
    signer: connection.receiptKey,
    signature: end.meta.signature,
  };
  job.receipts.push(signed);
  job.charged += price;
  job.chargedUnits += units;
  job.energyJoules = end.meta.energyJoules;
  job.cutShort = end.meta.cutShort === true;
  deps.payments.enqueue({ sessionId, offerId, provider: connection.provider }, price);
  return { receipt: signed };
}
