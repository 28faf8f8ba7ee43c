// One module for all data sources: the compiler then runs once instead of six times.
export * from './mappings/dispute-manager';
export * from './mappings/model-registry';
export * from './mappings/provider-registry';
export * from './mappings/session-escrow';
export * from './mappings/staking';
export * from './mappings/timelock';
