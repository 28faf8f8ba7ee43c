import { readFileSync } from 'node:fs';
import { Contract, JsonRpcProvider, sha256, Wallet } from 'ethers';
import { expect, inject, test } from 'vitest';
import { eventually } from './stranger/eventually.ts';
import { data } from './stranger/graphql.ts';
import { openSession } from './stranger/open-session.ts';
import { textJob, trySubmit } from './stranger/submit-job.ts';

const network = inject('network');
const REGISTRY = [
  'function register(bytes manifest, bytes32 manifestHash, tuple(bytes32 execClass, uint32 scale, uint32 tolerance)[] classList, uint32 royaltyPpm, string uri) returns (bytes32)',
  'function publisherOf(bytes32 modelId) view returns (address)',
  'function modelIdOf(address publisher, bytes32 manifestHash) view returns (bytes32)',
];

/** Anyone may publish; here the payer does, so that nobody serves what it publishes. */
async function publish(): Promise<string> {
  const rpc = new JsonRpcProvider(network.chainRpc, network.chainId, { staticNetwork: true });
  const publisher = new Wallet(network.demo.payerPrivateKey, rpc);
  const registry = new Contract(network.contracts.ModelRegistry ?? '', REGISTRY, publisher);
  const manifest = readFileSync(
    new URL('../../provider/models/char-lm/1/manifest.json', import.meta.url),
  );
  const hash = sha256(manifest);
  const id: string = await registry.getFunction('modelIdOf')(publisher.address, hash);
  if (BigInt(await registry.getFunction('publisherOf')(id)) === 0n) {
    const sent = await registry.getFunction('register')(manifest, hash, [], 0, '');
    await sent.wait();
  }
  rpc.destroy();
  return id;
}

test('a published model is found at once; a job for it is refused while nobody serves it', async () => {
  const id = await publish();
  const query = `{ model(id: "${id}") { name offers { edges { node { id } } } } }`;
  const model = await eventually(async () => (await data(network.graphql, { query })).model);
  expect(model).toMatchObject({ name: 'char-lm', offers: { edges: [] } });

  const { token, sessionId } = await openSession(network, { policy: { models: [id] } });
  const job = { ...textJob(network), intent: { target: { modelId: id } } };
  const answer = await trySubmit(network, token, job);

  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', assayCode: 'R200' });
  const held = `{ session(id: "${sessionId}") { spent held } }`;
  expect((await data(network.graphql, { query: held }, token)).session).toEqual({
    spent: '0',
    held: '0',
  });
});
