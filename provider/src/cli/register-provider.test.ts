import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChainDouble } from '../../test/chain-double.ts';
import { loadConfig } from '../load-config.ts';
import { initProvider } from './init-provider.ts';
import { registerProvider } from './register-provider.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-register-'));
const chain = new ChainDouble();
beforeAll(() => chain.start());
afterAll(() => chain.stop());

test('an owner without gas is told its address and how much is missing; nothing is sent', async () => {
  const deployment = join(directory, 'deployment.json');
  writeFileSync(deployment, JSON.stringify(chain.deployment));
  const ownerKey = `0x${'5a'.repeat(32)}` as const;
  const ownerKeyFile = join(directory, 'owner.key');
  writeFileSync(ownerKeyFile, ownerKey, { mode: 0o600 });
  const { file, owner } = await initProvider({
    ...{ directory, deployment, rpc: chain.url, marketplace: 'ws://127.0.0.1:1/provider' },
    ...{ bundle: join(import.meta.dirname, '../../models/char-lm/1'), price: '5' },
    publisher: `0x${'11'.repeat(20)}`,
    ownerKeyFile,
  });
  const config = loadConfig(file);
  chain.gas = 7n;
  const steps: string[] = [];

  const registration = registerProvider({
    ...{ config, environment: {}, ownerKey },
    report: (step) => steps.push(step),
  });

  const missing = `${config.registration.gasForReceiptKey - 7n - 7n}`;
  await expect(registration).rejects.toMatchObject({
    code: 'P322',
    details: { owner, balance: '7', missing },
  });
  expect(steps).toEqual([]);
});
