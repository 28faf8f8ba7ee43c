import { createMetrics } from '@assay/kit';
import { collectDefaultMetrics } from 'prom-client';

export interface GatewayMetrics {
  text(): Promise<string>;
}

/** The gateway process's own metrics: event loop, memory, garbage collection. */
export function createGatewayMetrics(): GatewayMetrics {
  const { registry } = createMetrics('gateway');
  collectDefaultMetrics({ register: registry });
  return { text: () => registry.metrics() };
}
