import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// type-graphql loads graphql's CommonJS build; tests must see the same module instance.
const graphql = createRequire(import.meta.url).resolve('graphql');
const resolve = { alias: [{ find: /^graphql$/, replacement: graphql }] };

const setupFiles = ['scripts/test/temporary-folder.setup.ts'];

/** What is waited for comes late on a busy machine; vitest would wait for one second. */
const PATIENT = { poll: { timeout: 10_000 } };

/** Stories on a whole running network: one after another, in the way to run that the name says. */
const onNetwork = (name: string, folder: string, setup: string[] = []) => ({
  resolve,
  test: {
    name,
    include: [`${folder}/**/*.test.ts`],
    globalSetup: setup,
    fileParallelism: false,
    expect: PATIENT,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});

/** Tests that start something real: a chain, Redis, child processes with models. */
const INTEGRATION = [
  'provider/test/**/*.test.ts',
  'provider/src/supervisor/slots/**/*.test.ts',
  'provider/src/bundle/**/*.test.ts',
  'provider/src/cli/model/**/*.test.ts',
  'subgraphs/*/test/**/*.test.ts',
  'protocol/deploy/**/*.test.ts',
  'protocol/mutation/main.test.ts',
  'localnet/src/{parts,processes}/**/*.test.ts',
  'gateway/src/gateway.test.ts',
  'scripts/bench/**/*.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          setupFiles,
          // Pure tests share their workers' modules: five times as fast.
          isolate: false,
          expect: PATIENT,
          testTimeout: 15_000,
          include: [
            '{gateway,subgraphs,protocol,provider,localnet,scripts,thegraph}/**/*.test.ts',
            'test/conformance/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', 'thegraph/tests/reconcile/**', ...INTEGRATION],
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          setupFiles,
          include: INTEGRATION,
          exclude: ['**/node_modules/**'],
          expect: PATIENT,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      onNetwork('e2e-embedded', 'test/e2e', ['test/e2e/network.setup.ts']),
      onNetwork('e2e-distributed', 'test/e2e', ['test/e2e/network.setup.ts']),
      onNetwork('fault', 'test/fault'),
      onNetwork('index', 'thegraph/tests/reconcile'),
    ],
  },
});
