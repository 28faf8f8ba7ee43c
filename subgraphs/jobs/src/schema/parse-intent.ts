import { AssayError, type Hex, type Intent, type Must, OPTIMISE, type Prefer } from '@assay/wire';
import type { IntentInput, MustInput, PreferInput } from './intent-inputs.ts';
import { parseId } from './parse-id.ts';

const MAX_RETRIES = 5;
/** The router values 0.2 s at `kappa` median prices; the API speaks of one second. */
const SECONDS_OF_KAPPA = 0.2;

/** The GraphQL input in domain form. Throws I100 naming the field that is out of bounds. */
export function parseIntent(input: IntentInput): Intent {
  return {
    target: parseTarget(input.target),
    must: parseMust(input.must ?? {}),
    prefer: parsePrefer(input.prefer ?? {}),
    retries: within('retries', input.retries ?? 1, { least: 0, most: MAX_RETRIES }),
  };
}

function parseTarget({ modelId, task }: IntentInput['target']): Intent['target'] {
  if (modelId != null) return { modelId: parseId('target.modelId', modelId) as Hex };
  return { task: task ?? '' };
}

function parseMust(must: MustInput): Must {
  if (must.maxPrice != null && must.maxPrice < 0n)
    throw outOfBounds('must.maxPrice', must.maxPrice, 'at least 0');
  return present({
    maxPrice: must.maxPrice,
    maxLatencyMs: positive('must.maxLatencyMs', must.maxLatencyMs),
    maxTtftMs: positive('must.maxTtftMs', must.maxTtftMs),
    deadline: must.deadline?.getTime(),
    regions: must.regions,
    onlyProviders: must.onlyProviders,
    ignoreProviders: must.ignoreProviders,
    verification: must.verification,
    minTrust:
      must.minTrust == null
        ? undefined
        : within('must.minTrust', must.minTrust, { least: 0, most: 1 }),
    maxGramsCO2: must.maxGramsCO2,
  });
}

function parsePrefer({ optimise, weights }: PreferInput): Prefer {
  if (weights != null) {
    const kappa = within('prefer.weights.kappa', weights.kappa, { least: 0, most: 1e6 });
    const eta = within('prefer.weights.eta', weights.eta, { least: 0, most: 1e6 });
    return { kappa: kappa * SECONDS_OF_KAPPA, eta };
  }
  return OPTIMISE[optimise ?? 'BALANCED'];
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Leaves out what was not said. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}

function positive(field: string, value: number | null | undefined): number | undefined {
  return value == null ? undefined : within(field, value, { least: 1, most: 86_400_000 });
}

function within(
  field: string,
  value: number,
  { least, most }: { least: number; most: number },
): number {
  if (value >= least && value <= most) return value;
  throw outOfBounds(field, value, `${least} to ${most}`);
}

function outOfBounds(field: string, given: unknown, allowed: string): AssayError {
  return new AssayError('I100', { details: { field, given: `${given}`, allowed } });
}
