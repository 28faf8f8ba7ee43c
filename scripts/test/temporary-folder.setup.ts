import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * Every test file has a temporary folder of its own, which goes with all that it left there, also by processes it started.
 * Hooks run last first, so whatever the file itself closes is closed by then.
 */
const { TMPDIR } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
// A database server that runs as somebody else finds its way through.
chmodSync(folder, 0o711);
process.env.TMPDIR = folder;

afterAll(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
