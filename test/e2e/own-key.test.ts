import { randomBytes } from 'node:crypto';
import { Wallet } from 'ethers';
import { expect, inject, test } from 'vitest';
import { eventually } from './stranger/eventually.ts';
import { ask, data } from './stranger/graphql.ts';
import { allEvents } from './stranger/job-events.ts';
import { openSession } from './stranger/open-session.ts';
import { ocrJob, submitJob } from './stranger/submit-job.ts';

const network = inject('network');
const VOUCHER = {
  Voucher: [
    { name: 'sessionId', type: 'bytes32' },
    { name: 'offerId', type: 'bytes32' },
    { name: 'cumulative', type: 'uint128' },
  ],
};
const SUBMIT = `mutation ($vouchers: [VoucherInput!]!) {
  submitVouchers(vouchers: $vouchers) { sessionId offerId cumulative guarantee receiptsRoot }
}`;

/** A session whose key never leaves this test, with one job done and owed. */
async function setup() {
  const key = new Wallet(`0x${randomBytes(32).toString('hex')}`);
  const session = await openSession(network, { key: key.address.toLowerCase() });
  const id = await submitJob(network, session, ocrJob(network));
  const events = await allEvents(network, session, { id });
  const [due] = events.at(-1)?.voucherDue ?? [];
  const domain = {
    name: 'Assay',
    version: '1',
    chainId: network.chainId,
    verifyingContract: network.contracts.SessionEscrow ?? '',
  };
  const sign = async (signer: Wallet, cumulative: string) => {
    const { sessionId, offerId } = due;
    const voucher = { sessionId, offerId, cumulative };
    return { ...voucher, signature: await signer.signTypedData(domain, VOUCHER, voucher) };
  };
  return { key, session, due, price: events.at(-1)?.price, sign };
}

test('a client’s own key pays: the voucher is guaranteed and claimed', async () => {
  const { key, session, due, price, sign } = await setup();
  expect(due.cumulative).toBe(price);

  const vouchers = [await sign(key, due.cumulative)];
  const paid = await data(
    network.graphql,
    { query: SUBMIT, variables: { vouchers } },
    session.token,
  );

  expect(paid.submitVouchers).toMatchObject([
    { cumulative: price, guarantee: expect.stringMatching(/^0x[0-9a-f]{130}$/) },
  ]);
  const query = `{ claims(where: { session: "${session.sessionId}" }) { delta } }`;
  const claim = await eventually(
    async () => (await data(network.indexGraphql, { query })).claims[0],
  );
  expect(claim.delta).toBe(price);
});

test('refuses a voucher signed by another key, and one above what is owed', async () => {
  const { key, session, due, sign } = await setup();
  const stranger = new Wallet(`0x${randomBytes(32).toString('hex')}`);
  const refusal = async (signer: Wallet, cumulative: string) => {
    const vouchers = [await sign(signer, cumulative)];
    const answer = await ask(
      network.graphql,
      { query: SUBMIT, variables: { vouchers } },
      session.token,
    );
    return answer.errors?.[0]?.extensions?.assayCode;
  };

  expect(await refusal(stranger, due.cumulative)).toBe('S407');
  expect(await refusal(key, `${BigInt(due.cumulative) + 1n}`)).toBe('I100');
});
