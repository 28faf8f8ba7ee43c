import { createMetrics } from '@assay/kit';
import { collectDefaultMetrics, Gauge } from 'prom-client';

export interface GatewayMetrics {
  /** One HTTP answer, by the route's name. */
  answered(route: string, status: number, seconds: number): void;
  text(): Promise<string>;
}

/** What the gateway itself counts; `sockets` says how many WebSockets are open. */
export function createGatewayMetrics(sockets: () => number): GatewayMetrics {
  const metrics = createMetrics('gateway');
  const { registry } = metrics;
  collectDefaultMetrics({ register: registry });
  const requests = metrics.counter('gateway_http_requests_total', 'HTTP answers', [
    'route',
    'status',
  ]);
  const seconds = metrics.histogram('gateway_http_seconds', 'Time to a whole answer', ['route']);
  new Gauge({
    name: 'assay_gateway_web_sockets',
    help: 'Open GraphQL WebSockets',
    registers: [registry],
    collect() {
      this.set(sockets());
    },
  });
  return {
    answered(route, status, duration) {
      requests.inc({ route, status });
      seconds.observe({ route }, duration);
    },
    text: () => registry.metrics(),
  };
}
