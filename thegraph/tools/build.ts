import { buildIndex } from './build-index.ts';

process.stdout.write(`${await buildIndex()}\n`);
