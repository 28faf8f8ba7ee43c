import { expect, test } from 'vitest';
import { actors } from './actors.ts';

test('everybody has an own key, and the first is the well-known one', () => {
  const { deployer, gateway, publisher, payer, hostedKey, providers } = actors();
  const all = [deployer, gateway, publisher, payer, hostedKey];
  const keys = [...all, ...providers.flatMap((provider) => [provider.owner, provider.receiptKey])];

  expect(new Set(keys.map((actor) => actor.address)).size).toBe(keys.length);
  expect(deployer.address).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
});

test('providers sit in different regions', () => {
  expect(new Set(actors().providers.map((provider) => provider.region)).size).toBe(3);
});
