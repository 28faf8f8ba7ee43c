import { Wallet } from 'ethers';
import { expect, inject, test } from 'vitest';
import { type Answer, ask, data } from './stranger/graphql.ts';
import { OPEN_SESSION, openSession } from './stranger/open-session.ts';
import { type GrantWishes, signGrant } from './stranger/sign-grant.ts';
import { ocrJob, textJob, trySubmit } from './stranger/submit-job.ts';

const network = inject('network');
const OCR = network.models['pp-ocr-v4-rec'];

function expectRefusal(answer: Answer, code: string, assayCode: string) {
  const [error] = answer.errors ?? [];
  expect(answer.errors).toHaveLength(1);
  expect(error?.extensions).toMatchObject({ code, assayCode });
  expect(error?.extensions?.hint).toMatch(/\w+ \w+/);
  expect(JSON.stringify(answer)).not.toMatch(/stacktrace|node_modules|\.ts:\d/);
}

const tensor = (difference: object) => ({
  intent: { target: { modelId: OCR } },
  input: {
    tensors: [
      { name: 'image', datatype: 'UINT8', shape: [4], data: { base64: 'AAECAw==' }, ...difference },
    ],
  },
});

const NOWHERE = `0x${'ab'.repeat(32)}`;

test.each([
  ['a wrong shape', tensor({ shape: [2, 2] }), 'BAD_USER_INPUT', 'I102'],
  ['a wrong datatype', tensor({ datatype: 'FP32', shape: [1] }), 'BAD_USER_INPUT', 'I102'],
  ['an unknown tensor', tensor({ name: 'picture' }), 'BAD_USER_INPUT', 'I102'],
  ['truncated base64', tensor({ data: { base64: 'AAECAw' } }), 'BAD_USER_INPUT', 'I100'],
  ['too few bytes', tensor({ data: { base64: 'AAEC' } }), 'BAD_USER_INPUT', 'I103'],
  ['a blob that is not there', tensor({ data: { blob: NOWHERE } }), 'BAD_USER_INPUT', 'I110'],
  [
    'an unknown model',
    { ...tensor({}), intent: { target: { modelId: NOWHERE } } },
    'NOT_FOUND',
    'I104',
  ],
  [
    'a price limit below every offer',
    { ...ocrJob(network), intent: { target: { modelId: OCR }, must: { maxPrice: '1' } } },
    'UNAVAILABLE',
    'R201',
  ],
  [
    'a region without providers',
    { ...ocrJob(network), intent: { target: { modelId: OCR }, must: { regions: ['the-moon'] } } },
    'UNAVAILABLE',
    'R201',
  ],
  [
    'a deadline in the past',
    {
      ...ocrJob(network),
      intent: { target: { modelId: OCR }, must: { deadline: '2020-01-01T00:00:00Z' } },
    },
    'BAD_USER_INPUT',
    'I106',
  ],
])('refuses %s, saying what to do, and charges nothing', async (_, variables, code, assayCode) => {
  const { token, sessionId } = await openSession(network);

  expectRefusal(await trySubmit(network, token, variables), code, assayCode);

  const query = `{ session(id: "${sessionId}") { spent held } }`;
  const { session } = await data(network.graphql, { query }, token);
  expect(session).toEqual({ spent: '0', held: '0' });
});

test.each([
  ['no token', undefined],
  ['a wrong token', NOWHERE],
])('refuses a job with %s', async (_, token) => {
  expectRefusal(await trySubmit(network, token, textJob(network)), 'UNAUTHENTICATED', 'I105');
});

test('a job is invisible to another session', async () => {
  const [mine, other] = [await openSession(network), await openSession(network)];
  const { data: submitted } = await trySubmit(network, mine.token, textJob(network, 5));
  const query = `{ job(id: "${submitted.submitJob.id}") { id status } }`;

  expect((await data(network.graphql, { query }, mine.token)).job.id).toBe(submitted.submitJob.id);
  const answer = await ask(network.graphql, { query }, other.token);
  expect(answer.data?.job ?? null).toBeNull();
});

const wishes: [string, GrantWishes, string, string][] = [
  ['an expired grant', { expiresAt: 1_600_000_000 }, 'BAD_USER_INPUT', 'S400'],
  [
    'a grant for another gateway',
    { gateway: Wallet.createRandom().address },
    'BAD_USER_INPUT',
    'S400',
  ],
  [
    'a signature that is not the payer’s',
    { signer: Wallet.createRandom().privateKey },
    'BAD_USER_INPUT',
    'S401',
  ],
  ['a deposit below the minimum', { deposit: 1n }, 'BAD_USER_INPUT', 'S405'],
  [
    'a payer without tokens',
    { payerKey: Wallet.createRandom().privateKey },
    'BAD_USER_INPUT',
    'S410',
  ],
];
test.each(wishes)('refuses %s', async (_, wish, code, assayCode) => {
  const { variables } = await signGrant(network, wish);

  expectRefusal(await ask(network.graphql, { query: OPEN_SESSION, variables }), code, assayCode);
});

test('refuses a grant that was changed after signing', async () => {
  const { variables } = await signGrant(network);
  const { grant } = variables as { grant: object };
  const forged = { ...variables, grant: { ...grant, withdrawDelay: 90_000 } };

  expectRefusal(
    await ask(network.graphql, { query: OPEN_SESSION, variables: forged }),
    'BAD_USER_INPUT',
    'S401',
  );
});

test('a replayed authorisation opens nothing twice', async () => {
  const { variables, sessionId } = await signGrant(network);
  const first = await data(network.graphql, { query: OPEN_SESSION, variables });
  const second = await ask(network.graphql, { query: OPEN_SESSION, variables });

  expect(first.openSession.session.id).toBe(sessionId);
  if (second.errors) expectRefusal(second, 'CONFLICT', 'S402');
  else
    expect(second.data.openSession.session).toMatchObject({ id: sessionId, deposit: '20000000' });
});

test.each([
  ['a malformed operation', '{ models { edges { '],
  ['an unknown field', '{ models { secrets } }'],
  ['a missing argument', '{ model { id } }'],
])('refuses %s as bad input', async (_, query) => {
  const answer = await ask(network.graphql, { query });

  expect(answer.data ?? null).toBeNull();
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(JSON.stringify(answer)).not.toMatch(/stacktrace|node_modules|\.ts:\d/);
});
