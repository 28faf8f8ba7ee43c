import { AssayError } from '@assay/wire';

/** More than any grid: whoever says so means another unit. */
const MOST = 3_000;

/** Grams per kWh out of a bare number, or out of JSON at a dotted path such as `data.0.intensity.actual`. */
export function parseGrams(text: string, field: string | undefined): number {
  const value = field === undefined ? text.trim() : at(jsonOf(text), field.split('.'));
  const grams = value === '' ? Number.NaN : Number(value);
  if (Number.isFinite(grams) && grams >= 0 && grams <= MOST) return grams;
  throw refused(`no number of 0 to ${MOST} ${field === undefined ? 'alone' : `at ${field}`}`);
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined)
    return typeof value === 'number' || typeof value === 'string' ? value : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return at((value as Record<string, unknown>)[key], rest);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused('no JSON', cause);
  }
}

const refused = (reason: string, cause?: unknown): AssayError =>
  new AssayError('P320', { cause, details: { field: 'energy.grid', reason } });
