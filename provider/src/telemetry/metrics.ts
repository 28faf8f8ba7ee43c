import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
const ROWS = [1, 2, 4, 8, 16, 32];

/** What is read from elsewhere each time somebody asks. */
export interface Gauges {
  readonly queued: () => number;
  readonly running: () => number;
  readonly linksUp: () => number;
  readonly faultyModels: () => number;
  /** Epoch ms; infinite where none is left out. */
  readonly nextModelTry: () => number;
  readonly childKills: () => number;
  readonly childRestarts: () => number;
  readonly unvouchered: () => number;
  readonly unclaimed: () => number;
  readonly earned: () => number;
  readonly claimed: () => number;
}

/** The provider's Prometheus metrics; every name starts with `assay_provider_`, amounts are payment units. */
export function createMetrics(gauges: Gauges) {
  const registry = new Registry();
  const common = (name: string, help: string, labelNames: string[] = []) => ({
    name: `assay_provider_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      ...common(name, help),
      collect() {
        this.set(read());
      },
    });
  gauge('queued_jobs', 'Jobs waiting for a slot', gauges.queued);
  gauge('running_attempts', 'Tickets taken on that have no receipt yet', gauges.running);
  gauge('links_up', 'Marketplaces connected', gauges.linksUp);
  gauge('faulty_models', 'Models of the config that are left out', gauges.faultyModels);
  gauge(
    'next_model_try_timestamp_seconds',
    'When a model that is left out is tried again; +Inf where none is',
    () => gauges.nextModelTry() / 1000,
  );
  gauge('child_kills', 'Inference children killed at a deadline', gauges.childKills);
  gauge('child_restarts', 'Inference children replaced', gauges.childRestarts);
  gauge('unvouchered_value', 'Receipts not yet covered by a voucher', gauges.unvouchered);
  gauge('unclaimed_value', 'Vouchers not yet claimed on chain', gauges.unclaimed);
  gauge('earned_value', 'Sum of all receipts', gauges.earned);
  gauge('claimed_value', 'Sum of all that was claimed on chain', gauges.claimed);
  return {
    registry,
    queueSeconds: new Histogram({
      ...common('queue_seconds', 'Wait before a run', ['model']),
      buckets: SECONDS,
    }),
    computeSeconds: new Histogram({
      ...common('compute_seconds', 'Time of a run', ['model']),
      buckets: SECONDS,
    }),
    batchRows: new Histogram({
      ...common('batch_rows', 'Rows of a run', ['model']),
      buckets: ROWS,
    }),
    units: new Counter(
      common('units_total', 'Metering units served (tokens, seconds, requests)', ['model']),
    ),
    receipts: new Counter(common('receipts_total', 'Receipts stated', ['model'])),
    refusals: new Counter(common('refusals_total', 'Tickets refused, by code', ['code'])),
    payments: new Counter(common('payments_total', 'Payments stored or refused', ['outcome'])),
    energyJoules: new Counter(common('energy_joules_total', 'Measured energy of runs', ['model'])),
  };
}
export type ProviderMetrics = ReturnType<typeof createMetrics>;
