import { Counter, Histogram, Registry } from 'prom-client';

export type { Registry };

/** Prometheus metrics of one part; several parts in one process are merged by whoever serves them. */
export interface Metrics {
  readonly registry: Registry;
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  histogram<L extends string>(name: string, help: string, labels?: readonly L[]): Histogram<L>;
}

/** Seconds, from a fast in-process answer to the slowest that anybody waits for. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric is named `assay_*` and carries the label `part`. */
export function createMetrics(part: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ part });
  const options = <L extends string>(name: string, help: string, labels: readonly L[] = []) => ({
    name: `assay_${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels) => new Counter(options(name, help, labels)),
    histogram: (name, help, labels) =>
      new Histogram({ ...options(name, help, labels), buckets: BUCKETS }),
  };
}
