import { AssayError } from '@assay/wire';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const secret = 's'.repeat(32);
const distributed = {
  ASSAY_MODE: 'distributed',
  ASSAY_IDENTITY_SECRET: secret,
  BLOB_DIR: '/tmp/blobs',
  ASSAY_SUBGRAPH_MODELS_URL: 'http://models:4001/graphql',
  ASSAY_SUBGRAPH_PROVIDERS_URL: 'http://providers:4002/graphql',
  ASSAY_SUBGRAPH_JOBS_URL: 'http://jobs:4003/graphql',
  ASSAY_SUBGRAPH_REPUTATION_URL: 'http://reputation:4004/graphql',
};

test('reads a distributed gateway, with defaults', () => {
  const config = readConfig({ ...distributed, REDIS_URL: '' });
  expect(config).toMatchObject({ ASSAY_MODE: 'distributed', HOST: '127.0.0.1', PORT: 4000 });
  expect(config.REDIS_URL).toBeUndefined();
});

test('names what an embedded gateway lacks, without any value', () => {
  const wrong = { ASSAY_IDENTITY_SECRET: 'short', ASSAY_GATEWAY_KEY: '0xsecret' };
  try {
    readConfig(wrong);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(AssayError);
    const report = JSON.stringify(error);
    for (const name of ['ASSAY_IDENTITY_SECRET', 'ASSAY_GATEWAY_KEY', 'BLOB_DIR', 'REDIS_URL']) {
      expect(report).toContain(name);
    }
    expect(report).not.toContain('0xsecret');
  }
});
