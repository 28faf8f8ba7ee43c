import type { RpcClient } from '@assay/kit';
import { CONTRACT_NAMES, deploymentSchema, type Hex, providerRegistryAbi } from '@assay/wire';
import { Interface } from 'ethers';
import { expect, test } from 'vitest';
import { disputeAbi } from './dispute-abi.ts';
import { createDisputeReader } from './dispute-reader.ts';

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
const deployment = deploymentSchema.parse({
  chainId: 31337,
  deployBlock: 100,
  contracts: Object.fromEntries(
    CONTRACT_NAMES.map((name, index) => [name, address((index + 1).toString(16).slice(-1))]),
  ),
});
const registryAbi = new Interface(providerRegistryAbi);
const ticket = word('1');
const [accused, reporter, juror, key] = ['a', 'b', 'c', 'd'].map(address) as [Hex, Hex, Hex, Hex];
const EMPTY = address('0');

interface Question {
  readonly to: string;
  readonly data: string;
  readonly fromBlock: string;
  readonly toBlock: string;
}

/** A chain whose head is 5,000 and whose dispute was opened in block 1,500. */
function setup() {
  const state = { status: 1n, down: false, now: 0, looks: [] as number[][], questions: 0 };
  const opened = disputeAbi.encodeEventLog('DisputeOpened', [
    ...[ticket, accused, reporter, word('2'), word('3'), word('4'), word('5')],
    ...[1n, 1n, 200n, 300n],
  ]);

  function viewed({ data }: Question): string {
    const abi = disputeAbi.parseTransaction({ data }) === null ? registryAbi : disputeAbi;
    const { name = '', args } = abi.parseTransaction({ data }) ?? {};
    if (name === 'keyOf') return abi.encodeFunctionResult(name, [args?.[0] && keyOf(args[0])]);
    if (name === 'jurorsOf') return abi.encodeFunctionResult(name, [[juror]]);
    const zeroes = Object.fromEntries(
      (abi.getFunction('dispute')?.outputs[0]?.components ?? []).map(({ name: field, type }) => [
        field,
        type === 'bool' ? false : type === 'address' ? EMPTY : type === 'bytes32' ? word('0') : 0n,
      ]),
    );
    const dispute = { ...zeroes, provider: accused, reporter, status: state.status };
    return abi.encodeFunctionResult(name, [{ ...dispute, commitEnds: 200n, revealEnds: 300n }]);
  }
  const keyOf = (owner: unknown) => (String(owner).toLowerCase() === juror ? key : EMPTY);

  function logsIn({ fromBlock, toBlock }: Question): object[] {
    state.looks.push([Number(fromBlock), Number(toBlock)]);
    const inside = Number(fromBlock) <= 1_500 && Number(toBlock) >= 1_500;
    return inside ? [opened] : [];
  }

  const rpc: RpcClient = {
    async call(method, [question], schema) {
      state.questions += 1;
      if (state.down) throw new Error('ECONNREFUSED');
      const asked = question as Question;
      const answers: Record<string, () => unknown> = {
        eth_blockNumber: () => '0x1388',
        eth_getLogs: () => logsIn(asked),
        eth_call: () => viewed(asked),
      };
      return schema.parse(answers[method]?.());
    },
  };
  const reader = createDisputeReader({ rpc, deployment, now: () => state.now });
  return { reader, state };
}

test('knows the terms of an open dispute, and its parties by owner and by current receipt key', async () => {
  const { reader, state } = setup();
  const dispute = await reader.open(ticket);
  const terms = { modelId: word('2'), receipt: word('4'), inputRoot: word('5') };
  expect(dispute).toMatchObject({ terms, endsAt: 300 });
  expect([...(dispute?.parties ?? [])].toSorted()).toEqual([accused, reporter, juror, key]);
  expect(state.looks).toEqual([
    [3_001, 5_000],
    [1_001, 3_000],
  ]);
});

test('asks the chain once in a few seconds, and for the terms once', async () => {
  const { reader, state } = setup();
  await Promise.all([reader.open(ticket), reader.open(ticket)]);
  const { questions } = state;
  await reader.open(ticket);
  expect(state.questions).toBe(questions);
  state.now += 10_000;
  await reader.open(ticket);
  expect([state.questions > questions, state.looks.length]).toEqual([true, 2]);
});

test('sees the verdict, and nothing where there never was a dispute', async () => {
  const { reader, state } = setup();
  await reader.open(ticket);
  state.now += 10_000;
  state.status = 3n;
  expect(await reader.open(ticket)).toBeUndefined();
  state.status = 0n;
  expect(await reader.open(word('9'))).toBeUndefined();
});

test('a chain that does not answer is S408, and asked again at once', async () => {
  const { reader, state } = setup();
  state.down = true;
  await expect(reader.open(ticket)).rejects.toMatchObject({ code: 'S408' });
  state.down = false;
  expect((await reader.open(ticket))?.endsAt).toBe(300);
});
