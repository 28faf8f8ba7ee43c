export { type Anvil, type AnvilOptions, startAnvil } from './anvil.ts';
export { type Child, type ChildOptions, type Exit, startChild } from './child-process.ts';
export { claimPort, freePort } from './free-port.ts';
export { type GraphNode, type GraphNodeOptions, startGraphNode } from './graph-node.ts';
export { packageFile } from './package-file.ts';
export { pollUntil } from './poll-until.ts';
export { type Postgres, startPostgres } from './postgres.ts';
export { type Redis, type RedisOptions, startRedis } from './redis.ts';
export { type IndexOptions, startIndex } from './start-index.ts';
