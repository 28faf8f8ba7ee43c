import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, getIntrospectionQuery } from 'graphql';
import { expect, inject, test } from 'vitest';
import { data } from './stranger/graphql.ts';
import { allEvents } from './stranger/job-events.ts';
import { missingFrom } from './stranger/missing-from.ts';
import { openSession } from './stranger/open-session.ts';
import { submitJob, textJob } from './stranger/submit-job.ts';

const network = inject('network');

test('one query walks from a job to its provider, reputation and model', async () => {
  const session = await openSession(network);
  const id = await submitJob(network, session, textJob(network, 5));
  await allEvents(network, session, { id });

  const { job } = await data(
    network.graphql,
    {
      query: `query ($id: ID!) { job(id: $id) {
        status price units
        provider { id region live { status } reputation { score freshness { indexedBlock stale } } staking { own } }
        model { name version unit publisher trust offers { edges { node { provider { region } priceCeiling livePrice } } } }
      } }`,
      variables: { id },
    },
    session.token,
  );

  expect(job).toMatchObject({
    status: 'COMPLETED',
    units: '5',
    model: { name: 'char-lm', unit: 'TOKEN' },
  });
  expect(network.providers).toContain(job.provider.id.toLowerCase());
  expect(job.provider.reputation.score).toBeGreaterThan(0);
  expect(BigInt(job.provider.staking.own)).toBeGreaterThan(0n);
  expect(job.model.offers.edges).toHaveLength(network.providers.length);
});

test('the graph offers everything that api.graphql promises', async () => {
  const introspection = await data(network.graphql, { query: getIntrospectionQuery() });
  const promised = readFileSync(new URL('../../docs/api.graphql', import.meta.url), 'utf8');

  expect(missingFrom(buildClientSchema(introspection), buildSchema(promised))).toEqual([]);
});

test('a quote is free and binds the price', async () => {
  const query = `query ($intent: IntentInput!) { quote(intent: $intent, size: { units: "10" }) { id feasible price providers expiresAt binding relaxation { constraint to } } }`;
  const intent = { target: { modelId: network.models['char-lm'] } };

  const { quote } = await data(network.graphql, { query, variables: { intent } });
  expect(quote).toMatchObject({ feasible: true, binding: null });
  expect(BigInt(quote.price)).toBeGreaterThan(0n);

  const strict = { intent: { ...intent, must: { maxPrice: '1' } } };
  const { quote: none } = await data(network.graphql, { query, variables: strict });
  expect(none).toMatchObject({ feasible: false, relaxation: { constraint: none.binding } });
});
