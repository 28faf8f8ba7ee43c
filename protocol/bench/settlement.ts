/** What settlement costs on chain: whole transactions in gas, measured in one run of `protocol/test/gas`. */
import { BATCH, gasOf, measureGas, perInference, TARGETS } from '../gas/measure-gas.ts';

interface Row {
  readonly name: string;
  readonly ours: number;
  readonly reference: number | null;
  readonly bar: string;
  readonly ok: boolean | null;
}

function print({ name, ours, reference, bar, ok }: Row): void {
  const ratio = reference === null ? null : ours / reference;
  const row = { suite: 'settlement', name, ours, reference, unit: 'gas', ratio, bar, ok };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

const gas = measureGas();
const each = (name: string): number => gasOf(gas, name) / BATCH;
/** What one inference costs where each is claimed alone. */
const alone = gasOf(gas, 'claim, 1 voucher, repeat');

for (const { what, limit, figure } of TARGETS) {
  const ours = figure(gas);
  print({ name: what, ours, reference: null, bar: `<= ${limit}`, ok: ours <= limit });
}
const repeat = each('claim, 25 vouchers of one provider, repeat');
print({
  name: 'claim, an inference of 1,000',
  ours: repeat / 1_000,
  reference: alone,
  bar: '< 100',
  ok: repeat / 1_000 < 100,
});
for (const name of [
  'claim, 25 vouchers of one provider, first',
  'claim, 25 vouchers of 25 providers, first',
  'claim, 25 vouchers of 25 providers, repeat',
])
  print({ name: `${name}, each`, ours: each(name), reference: alone, bar: 'none', ok: null });
for (const count of [100, 1_000])
  print({
    name: `all in, an inference of ${count}`,
    ours: perInference(gas, count),
    reference: alone,
    bar: 'none',
    ok: null,
  });
