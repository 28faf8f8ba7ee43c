import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AssayError } from '@assay/wire';

const require = createRequire(import.meta.url);

/** As npm allows them: no name leads anywhere but into node_modules. */
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Path of a file inside an installed npm package, whatever its `exports` say. Throws M604 where it is not installed, M600 for a path out of it. */
export function packageFile(packageName: string, path: string): string {
  if (!NAME.test(packageName) || path.split('/').includes('..'))
    throw new AssayError('M600', {
      details: { package: packageName, path, reason: 'it leads out of the package' },
    });
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
