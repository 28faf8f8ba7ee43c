#!/usr/bin/env node
// forge expects a native solc; this gives it the npm build of the compiler over the same command line.
const fs = require('node:fs');
const solc = require('solc');

const args = process.argv.slice(2);
if (args.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
  process.exit(0);
}
if (!args.includes('--standard-json')) {
  console.error('protocol/solc.cjs: only --version and --standard-json are supported');
  process.exit(1);
}
const output = Buffer.from(solc.compile(fs.readFileSync(0, 'utf8')));
for (let offset = 0; offset < output.length; ) {
  try {
    offset += fs.writeSync(1, output, offset);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
