import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMutant } from './apply-mutant.ts';
import type { Mutant } from './mutants.ts';
import { type Outcome, outcomeOf } from './outcome-of.ts';
import { ROOT } from './root.ts';
import { runForge } from './run-forge.ts';

const NEEDED = [
  'foundry.toml',
  'protocol/contracts',
  'protocol/test',
  'node_modules/@openzeppelin/contracts',
  'node_modules/@layerzerolabs/toolbox-foundry/lib/forge-std',
];

/** A copy of the contracts and their tests: a mutant never stands in the tree that people work in. */
export class Workshop implements Disposable {
  private readonly dir = mkdtempSync(join(tmpdir(), 'assay-mutants-'));

  static create(): Workshop {
    const workshop = new Workshop();
    for (const path of NEEDED)
      cpSync(join(ROOT, path), join(workshop.dir, path), { recursive: true });
    return workshop;
  }

  /** Another one, with everything that this one has compiled. */
  copy(): Workshop {
    const workshop = new Workshop();
    cpSync(this.dir, workshop.dir, { recursive: true, preserveTimestamps: true });
    return workshop;
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Throws with what forge said unless all these tests pass without a mutant. */
  async expectPass(tests: readonly string[], signal: AbortSignal): Promise<void> {
    const { ok, output } = await this.test(`{${tests.join(',')}}`, [], signal);
    if (!ok) throw new Error(`The tests fail without any mutant:\n${output}`);
  }

  async attempt(mutant: Mutant, signal: AbortSignal): Promise<Outcome> {
    const path = join(this.dir, 'protocol/contracts', mutant.file);
    const source = readFileSync(path, 'utf8');
    const mutated = applyMutant(source, mutant);
    if (mutated === undefined) return 'does not apply';
    writeFileSync(path, mutated);
    try {
      return outcomeOf(await this.test(mutant.tests, ['--fail-fast'], signal));
    } finally {
      writeFileSync(path, source);
    }
  }

  private test(paths: string, options: readonly string[], signal: AbortSignal) {
    return runForge(
      this.dir,
      ['test', ...options, '--match-path', `protocol/test/${paths}`],
      signal,
    );
  }
}
