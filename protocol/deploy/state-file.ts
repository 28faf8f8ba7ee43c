import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Deployment, deploymentSchema } from '@assay/wire';

/** What an earlier run wrote, or nothing if there is none, or it is unreadable: everything can be found again. */
export function readDeployment(path: string): Deployment | undefined {
  try {
    const parsed = deploymentSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function writeDeployment(path: string, deployment: Deployment): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(deployment, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
