#!/usr/bin/env -S node --initial-heap-size=256 --max-semi-space-size=1
import { measureBatching } from './parts/measure-batching.ts';
import { measureEventLoop } from './parts/measure-event-loop.ts';
import { measureLink } from './parts/measure-link.ts';
import { measureOverhead } from './parts/measure-overhead.ts';
import { measureReplacement } from './parts/measure-replacement.ts';

await measureLink();
await measureBatching();
await measureOverhead();
await measureReplacement();
await measureEventLoop();
