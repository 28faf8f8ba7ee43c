import { measureBatching } from './parts/measure-batching.ts';
import { measureLink } from './parts/measure-link.ts';
import { measureOverhead } from './parts/measure-overhead.ts';
import { measureReplacement } from './parts/measure-replacement.ts';

await measureLink();
await measureBatching();
await measureOverhead();
await measureReplacement();
