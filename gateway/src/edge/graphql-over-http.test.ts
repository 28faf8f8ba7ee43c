import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { startTestGateway } from '../testing/start-test-gateway.ts';

test('passes the GraphQL-over-HTTP audit', async () => {
  const { url } = await startTestGateway();
  const audits = serverAudits({ url: `${url}/graphql`, fetchFn: fetch });
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const failed = results.filter(({ status }) => status !== 'ok');
  expect(failed.map((result) => `${result.status} ${result.id} ${result.name}`)).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(61);
});
