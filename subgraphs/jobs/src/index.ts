export { connectJobsPort } from './adapters/jobs-port/connect-jobs-port.ts';
export { createJobsMarket } from './create-jobs-market.ts';
export type { JobsConfig } from './jobs-config.ts';
export type { JobsMarket } from './jobs-market.ts';
export { jobsSchema } from './schema/create-jobs-subgraph.ts';
