import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// type-graphql loads graphql's CommonJS build; tests must see the same module instance.
const alias = { graphql: createRequire(import.meta.url).resolve('graphql') };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: [{ find: /^graphql$/, replacement: alias.graphql }] },
        test: {
          name: 'unit',
          include: [
            '{gateway,subgraphs,protocol,provider,localnet,scripts,thegraph}/**/*.test.ts',
            'test/conformance/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.e2e.test.ts'],
        },
      },
      {
        resolve: { alias: [{ find: /^graphql$/, replacement: alias.graphql }] },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
