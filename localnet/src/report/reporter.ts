/** One finished stage of a start. */
export interface StageResult {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail: string;
}

/** Times stages and tells somebody about them. */
export interface Reporter {
  /** Runs `work`; `note` sets what is said about the stage when it is done. Stages may overlap. */
  stage<T>(name: string, work: (note: (detail: string) => void) => Promise<T>): Promise<T>;
  /** Records a stage that was timed elsewhere. */
  record(result: StageResult): void;
  readonly results: readonly StageResult[];
}

export interface StageView {
  started(name: string): void;
  finished(result: StageResult): void;
}

export function createReporter(view: StageView, now = () => performance.now()): Reporter {
  const results: StageResult[] = [];
  const record = (result: StageResult) => {
    results.push(result);
    view.finished(result);
  };
  return {
    results,
    record,
    async stage(name, work) {
      const startedAt = now();
      let detail = '';
      view.started(name);
      try {
        const value = await work((text) => {
          detail = text;
        });
        record({ name, ok: true, ms: now() - startedAt, detail });
        return value;
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        record({ name, ok: false, ms: now() - startedAt, detail: said });
        throw error;
      }
    },
  };
}

export const silentView: StageView = { started: () => undefined, finished: () => undefined };
