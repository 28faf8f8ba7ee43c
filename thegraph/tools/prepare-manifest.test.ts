import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ADDRESSES } from '../tests/mapping-case.ts';
import { INDEXED_CONTRACTS } from './contracts.ts';
import { fillManifest } from './prepare-manifest.ts';

const manifest = readFileSync(join(import.meta.dirname, '..', 'subgraph.yaml'), 'utf8');
const contracts = { ...ADDRESSES, TestUSD: ADDRESSES.Staking, AssayToken: ADDRESSES.Staking };

test('fills in addresses, first block and network, and changes nothing else', () => {
  const filled = parse(
    fillManifest(manifest, { chainId: 8453, deployBlock: 77, contracts }, 'base'),
  );
  const original = parse(manifest);

  const sources = filled.dataSources.map((each: Record<string, unknown>) => [
    each.name,
    each.network,
    each.source,
  ]);
  expect(sources).toEqual(
    INDEXED_CONTRACTS.map((name) => [
      name,
      'base',
      { address: ADDRESSES[name], abi: name, startBlock: 77 },
    ]),
  );
  const mappings = ({ dataSources }: { dataSources: { mapping: unknown }[] }) =>
    dataSources.map(({ mapping }) => mapping);
  expect(mappings(filled)).toEqual(mappings(original));
});

test('refuses a deployment that lacks a contract', () => {
  const { Timelock: _, ...rest } = contracts;
  const incomplete = { chainId: 1, deployBlock: 1, contracts: rest as typeof contracts };

  expect(() => fillManifest(manifest, incomplete, 'base')).toThrow(
    expect.objectContaining({ code: 'I100', details: { contract: 'Timelock' } }),
  );
});
