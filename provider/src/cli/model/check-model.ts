import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AssayError, type Manifest, manifestHash, manifestSchema } from '@assay/wire';
import { pino } from 'pino';
import {
  type BundleStore,
  createBundleStore,
  type StoredBundle,
} from '../../bundle/bundle-store.ts';
import { type Calibration, calibrate } from '../../bundle/calibrate.ts';
import { checkBundle } from '../../bundle/check-bundle.ts';
import { type ClassSelfTest, selfTestClass } from '../../bundle/self-test-class.ts';
import { DEFAULT_RUNTIME } from '../../supervisor/slots/default-runtime.ts';
import { printFindings } from './print-findings.ts';
import { createProgress } from './progress.ts';

interface CheckOptions {
  readonly calibrate: boolean;
  readonly samples: number;
  readonly write: boolean;
  readonly json: boolean;
}

/** Static checks, then calibration in sandboxed children. Throws M600 to M604 where the bundle would be refused. */
export async function checkModel(folder: string, options: CheckOptions): Promise<void> {
  const directory = resolve(folder);
  const scratch = await mkdtemp(join(tmpdir(), 'assay-check-'));
  try {
    const store = createBundleStore(join(scratch, 'store'), { scan: false });
    const bundle = await store.importDirectory(directory);
    const findings = await checkBundle(bundle.manifest, bundle.directory);
    if (!options.json) printFindings(findings);
    const refused = findings.filter(({ severity }) => severity === 'refuse');
    if (refused.length > 0)
      throw new AssayError('M603', {
        details: { refused: refused.map(({ rule, detail }) => `${rule}: ${detail}`) },
      });
    const saturates =
      options.calibrate && findings.some(({ rule }) => rule === 'saturation')
        ? await eightBitProducts()
        : undefined;
    if (saturates && !options.json)
      console.log(
        `  this machine’s 8-bit products ${saturates === 'exact' ? 'are exact' : 'saturate'}`,
      );
    const calibration = options.calibrate
      ? await calibrateWithBar(bundle, store, options.samples)
      : undefined;
    if (options.json)
      console.log(
        JSON.stringify({
          manifestHash: bundle.manifestHash,
          findings,
          eightBitProducts: saturates,
          calibration,
        }),
      );
    else report(bundle, calibration);
    if (calibration && options.write) await writeClass(directory, bundle.manifest, calibration);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function eightBitProducts(): Promise<ClassSelfTest['eightBitProducts']> {
  return (await selfTestClass(DEFAULT_RUNTIME)).eightBitProducts;
}

async function calibrateWithBar(
  bundle: StoredBundle,
  { modelsDir }: BundleStore,
  samples: number,
): Promise<Calibration> {
  const bar = createProgress('calibrating');
  try {
    const log = pino({ level: 'silent' });
    return await calibrate({
      bundle: { ...bundle, modelId: bundle.manifestHash },
      modelsDir,
      log,
      samples,
      onProgress: bar.update,
    });
  } finally {
    bar.end();
  }
}

function report(
  { manifest, manifestHash: hash }: StoredBundle,
  calibration: Calibration | undefined,
): void {
  console.log(`${manifest.name} ${manifest.version}: sound, manifest ${hash}`);
  if (!calibration) return;
  const { name, scale, tolerance } = calibration.class;
  console.log(`  class ${name}: scale ${scale}, tolerance ${tolerance}`);
  for (const [level, distance] of Object.entries(calibration.distances))
    console.log(`    ${level}: ${distance}`);
}

/** Replaces this machine's class, keeps the others; a manifest that changed is another model. */
async function writeClass(
  directory: string,
  manifest: Manifest,
  { class: measured }: Calibration,
): Promise<void> {
  const classes = [measured, ...manifest.classes.filter(({ name }) => name !== measured.name)];
  const changed = manifestSchema.parse({ ...manifest, classes });
  await writeFile(join(directory, 'manifest.json'), `${JSON.stringify(changed, null, 2)}\n`);
  console.log(`  manifest.json now has this class; manifest ${manifestHash(changed)}`);
}
