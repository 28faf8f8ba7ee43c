export { readNetworkFile } from './network-file.ts';
export type { RunningProvider } from './parts/run-provider.ts';
export { createReporter, type Reporter, type StageResult } from './report/reporter.ts';
export { type NetworkOptions, type RunningNetwork, startNetwork } from './start-network.ts';
