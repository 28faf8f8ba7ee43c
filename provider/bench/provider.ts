import { measureBatching } from './parts/measure-batching.ts';
import { measureLink } from './parts/measure-link.ts';
import { measureOverhead } from './parts/measure-overhead.ts';
import { measureReplacement } from './parts/measure-replacement.ts';
import { measureThroughput } from './parts/measure-throughput.ts';

await measureLink();
await measureThroughput();
await measureBatching();
await measureOverhead();
await measureReplacement();
