export type { Backend } from './backend.ts';
export { type EvidenceDoor, evidenceRoutes } from './edge/evidence-routes.ts';
export type { Route } from './edge/exchange.ts';
export { createEdgeServer } from './edge/http-server.ts';
export { createDisputeReader } from './evidence/dispute-reader.ts';
export { createEvidenceShelf } from './evidence/evidence-shelf.ts';
export { createRateLimit } from './federation/rate-limit.ts';
export { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
