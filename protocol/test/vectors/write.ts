import { writeFileSync } from 'node:fs';
import { makeVectors } from './vectors.ts';

writeFileSync(
  new URL('vectors.json', import.meta.url),
  `${JSON.stringify(makeVectors(), null, 2)}\n`,
);
