import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { processFailure } from './process-failure.ts';

const require = createRequire(import.meta.url);

/** A file inside an installed npm package, whatever its `exports` say. */
export function packageFile(process: string, packageName: string, path: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    try {
      return join(dirname(require.resolve(join(folder, packageName, 'package.json'))), path);
    } catch {
      // not installed in this node_modules; the next one may have it
    }
  }
  throw processFailure('notInstalled', {
    process,
    package: packageName,
    hint: `${packageName} is not installed. Run npm ci; it exists for Linux x64 with glibc only.`,
  });
}
