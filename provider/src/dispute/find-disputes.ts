import type { Address, Hex } from '@assay/wire';
import { type Log, zeroPadValue } from 'ethers';
import { disputeAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import type { DisputeRecord, DisputeRole } from './dispute-book.ts';

export interface DisputeScan {
  readonly chain: Chain;
  readonly manager: Address;
  readonly provider: Address;
}

/** Disputes between two blocks that accuse this provider or drew it as a juror. */
export async function findDisputes(
  scan: DisputeScan,
  fromBlock: number,
  toBlock: number,
): Promise<DisputeRecord[]> {
  const { chain, manager: address, provider } = scan;
  const self = zeroPadValue(provider, 32);
  const topicOf = (name: string): string => disputeAbi.getEvent(name)?.topicHash ?? '';
  const logs = (topics: (string | null)[]): Promise<Log[]> =>
    chain.read((rpc) => rpc.getLogs({ address, topics, fromBlock, toBlock }));
  const [accused, drawn] = await Promise.all([
    logs([topicOf('DisputeOpened'), null, self]),
    logs([topicOf('JurorDrawn'), null, self]),
  ]);
  const opened = await Promise.all(
    drawn.map(({ topics }) => logs([topicOf('DisputeOpened'), topics[1] ?? null])),
  );
  return [
    ...accused.map((log) => toRecord(log, 'accused')),
    ...opened.flat().map((log) => toRecord(log, 'juror')),
  ];
}

function toRecord(log: Log, role: DisputeRole): DisputeRecord {
  const { disputeId, modelId, receipt, inputRoot, commitEnds, revealEnds } =
    disputeAbi.decodeEventLog('DisputeOpened', log.data, log.topics);
  return {
    id: disputeId as Hex,
    role,
    modelId: modelId as Hex,
    receipt: receipt as Hex,
    inputRoot: inputRoot as Hex,
    commitEnds: Number(commitEnds),
    revealEnds: Number(revealEnds),
    state: 'open',
    vote: undefined,
    note: '',
  };
}
