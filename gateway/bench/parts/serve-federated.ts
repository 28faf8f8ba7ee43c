import 'reflect-metadata';
import { createFederatedMarket } from './federated-market.ts';
import { serveMeasured } from './measured-child.ts';
import { startBenchGateway } from './start-bench-gateway.ts';

const gateway = await startBenchGateway(await createFederatedMarket());
serveMeasured(gateway.port);
