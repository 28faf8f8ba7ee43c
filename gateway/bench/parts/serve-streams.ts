import 'reflect-metadata';
import { serveMeasured } from './measured-child.ts';
import { startBenchGateway } from './start-bench-gateway.ts';
import { createPublisher, createStreamMarket } from './stream-market.ts';

const publisher = createPublisher();
const gateway = await startBenchGateway(await createStreamMarket(publisher));
serveMeasured(gateway.port, { publish: publisher.publish, open: publisher.open });
