export { registerProvider } from './cli/register-provider.ts';
export { configSchema, type ProviderConfig, type ProviderConfigInput } from './config.ts';
export { type LoadedConfig, loadConfig } from './load-config.ts';
export { type RunningProvider, startProvider } from './supervisor/start-provider.ts';
export { createLog } from './telemetry/log.ts';
