import type { AssayError } from '@assay/wire';
import type { Child } from './processes/child-process.ts';
import { lastLines } from './processes/last-lines.ts';
import { processFailure } from './processes/process-failure.ts';

/** Notices a child that ends although nobody stopped it. */
export class Watch {
  readonly broken: Promise<AssayError>;
  readonly #report: (error: AssayError) => void;
  readonly #isStopping: () => boolean;
  readonly #onPurpose = new Set<number>();

  constructor(isStopping: () => boolean) {
    const { promise, resolve } = Promise.withResolvers<AssayError>();
    this.broken = promise;
    this.#report = resolve;
    this.#isStopping = isStopping;
  }

  add(child: Child): void {
    void child.exited.then(({ code, signal }) => {
      if (this.#isStopping() || this.#onPurpose.has(child.pid)) return;
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      const hint = `${how}. Last lines of ${child.logFile}:\n${lastLines(child.logFile)}`;
      this.#report(processFailure('exited', { process: child.name, code, signal, hint }));
    });
  }

  /** The child's end is wanted. */
  expect(child: Child): void {
    this.#onPurpose.add(child.pid);
  }
}
