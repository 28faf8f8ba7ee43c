/** What has been started, to be stopped in reverse order, once. Something added after the stop is stopped at once. */
export class StopStack {
  readonly #stops: (() => Promise<void> | void)[] = [];
  #stopping: Promise<void> | undefined;

  get stopped(): boolean {
    return this.#stopping !== undefined;
  }

  async add<T extends { stop(): Promise<void> }>(part: T): Promise<T> {
    await this.defer(() => part.stop());
    return part;
  }

  async defer(stop: () => Promise<void> | void): Promise<void> {
    if (this.#stopping === undefined) this.#stops.push(stop);
    else await stop();
  }

  /** Stops everything even if some part fails to stop; then rejects with what failed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts did not stop.');
  }
}
