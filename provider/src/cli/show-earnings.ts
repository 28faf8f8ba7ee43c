import type { ChainEarnings } from '../settlement/chain-earnings.ts';
import type { EarningsReport } from '../settlement/report-earnings.ts';
import { amountText, type Loose, short, table, usd } from './show.ts';

export interface EarningsFacts {
  readonly lines: readonly Loose<EarningsReport['lines'][number]>[];
  readonly claims: readonly Loose<EarningsReport['claims'][number]>[];
  readonly onChain: ChainEarnings | { readonly unknown: string };
}

/** The report for a terminal: receipts by day, model and gateway; claims by day; what the chain holds. */
export function showEarnings({ lines, claims, onChain }: EarningsFacts): string {
  return [
    lines.length === 0 ? 'no receipts yet' : table([...receiptRows(lines)]),
    ...(claims.length === 0 ? [] : ['', table([...claimRows(claims)])]),
    '',
    chainLine(onChain),
  ].join('\n');
}

function* receiptRows(lines: EarningsFacts['lines']): Generator<string[]> {
  yield ['day', 'model', 'gateway', 'jobs', 'units', 'earned', 'vouchered', 'claimed'];
  for (const { day, gateway, jobs, units, ...amounts } of lines)
    yield [
      ...[day, modelText(amounts), short(gateway), `${jobs}`, `${units}`],
      ...[usd(amounts.earned), usd(amounts.vouchered), usd(amounts.claimed)],
    ];
  const sum = (pick: (line: EarningsFacts['lines'][number]) => bigint | string | number) =>
    lines.reduce((total, line) => total + BigInt(pick(line)), 0n);
  yield [
    ...['all', '', '', `${sum(({ jobs }) => jobs)}`, `${sum(({ units }) => units)}`],
    ...[sum((line) => line.earned), sum((line) => line.vouchered), sum((line) => line.claimed)].map(
      usd,
    ),
  ];
}

const modelText = ({
  model,
  modelId,
}: Pick<EarningsFacts['lines'][number], 'model' | 'modelId'>): string =>
  [model, short(modelId)].filter(Boolean).join(' ');

function* claimRows(claims: EarningsFacts['claims']): Generator<string[]> {
  yield ['day', 'claims', 'claimed', 'after fees', 'gas'];
  for (const { day, claims: count, claimed, toProvider, gasWei } of claims)
    yield [day, `${count}`, usd(claimed), usd(toProvider), `${amountText(gasWei, 18)} ETH`];
}

function chainLine(onChain: EarningsFacts['onChain']): string {
  if ('unknown' in onChain)
    return `the chain could not be asked what has matured and was withdrawn: ${onChain.unknown}`;
  const { unmatured, matured, withdrawn, toDelegators, sinceBlock } = onChain;
  return `on chain: ${usd(unmatured)} not matured, ${usd(matured)} matured, ${usd(withdrawn)} withdrawn and ${usd(toDelegators)} to delegators since block ${sinceBlock}`;
}
