import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServer } from 'graphql-ws/use/ws';
import { buildSchema } from 'type-graphql';
import { WebSocketServer } from 'ws';
import { serveMeasured } from './measured-child.ts';
import { createPublisher, streamResolver } from './stream-market.ts';

/** The reference: the same stream in one schema behind graphql-ws, without a gateway. */
const publisher = createPublisher();
const pubSub = { publish: () => undefined, subscribe: () => publisher.subscribe() };
const schema = await buildSchema({
  resolvers: [streamResolver(publisher)] as never,
  validate: false,
  pubSub: pubSub as never,
});
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }) as never);
serveMeasured((server.address() as AddressInfo).port, {
  publish: publisher.publish,
  open: publisher.open,
});
