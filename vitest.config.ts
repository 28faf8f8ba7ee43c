import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// type-graphql loads graphql's CommonJS build; tests must see the same module instance.
const graphql = createRequire(import.meta.url).resolve('graphql');
const resolve = { alias: [{ find: /^graphql$/, replacement: graphql }] };

/** Stories on a whole running network: one after another, in the way to run that the name says. */
const onNetwork = (name: string, folder: string, setup: string[] = []) => ({
  resolve,
  test: {
    name,
    include: [`${folder}/**/*.test.ts`],
    globalSetup: setup,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: [
            '{gateway,subgraphs,protocol,provider,localnet,scripts,thegraph}/**/*.test.ts',
            'test/conformance/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.e2e.test.ts', 'thegraph/tests/reconcile/**'],
        },
      },
      onNetwork('e2e-embedded', 'test/e2e', ['test/e2e/network.setup.ts']),
      onNetwork('e2e-distributed', 'test/e2e', ['test/e2e/network.setup.ts']),
      onNetwork('fault', 'test/fault'),
      onNetwork('index', 'thegraph/tests/reconcile'),
    ],
  },
});
