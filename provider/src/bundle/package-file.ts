import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AssayError } from '@assay/wire';

const require = createRequire(import.meta.url);

/** Path of a file inside an installed npm package, whatever its `exports` say. Throws M604 where it is not installed. */
export function packageFile(packageName: string, path: string): string {
  const places = require.resolve.paths(packageName) ?? [];
  const found = places
    .map((place) => join(place, packageName, path))
    .find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new AssayError('M604', {
    details: { package: packageName, path },
    hint: `Install it: npm install ${packageName}`,
  });
}
