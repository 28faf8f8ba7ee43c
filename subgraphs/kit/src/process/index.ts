export * from './config.ts';
export * from './host-list.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './redis.ts';
export * from './shutdown.ts';
