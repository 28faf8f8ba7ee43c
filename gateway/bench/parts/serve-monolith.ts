import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { serveMeasured } from './measured-child.ts';
import { createMonolithMarket } from './monolith-market.ts';

const server = new ApolloServer({ schema: await createMonolithMarket() });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
serveMeasured(Number(new URL(url).port));
