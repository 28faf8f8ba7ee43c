import type { EpochMs, OutcomeKind } from '@assay/wire';
import type { Candidate } from './candidate.ts';

export interface Observation {
  readonly kind: OutcomeKind;
  readonly units: number;
  /** From the ticket sent to the receipt, by our clock. */
  readonly ms: number;
  /** `queueFactor` when the job was sent: its wait is not the provider's slowness. */
  readonly queueFactor: number;
  /** From `started` to the receipt, by our clock. */
  readonly runMs: number | undefined;
  readonly firstOutputMs: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly at: EpochMs;
}

/** Of the logarithm of the speed; a single odd sample moves it little. */
const GAIN = 0.15;
const EARLY_JOBS = 10;
const EARLY_GAIN = 0.3;
const LARGEST_STEP = 1;
const CALIBRATION_STEP = 0.05;
const MAX_CALIBRATION = 20;
const ERROR_GAIN = 0.1;
const EJECT_ABOVE = 0.35;
const EJECT_MS = 2_000;
const MAX_EJECT_DOUBLINGS = 6;
const HOT_MS = 250;

/** Learns from one attempt. A refusal for load is no failure: the provider is only left alone for a moment. */
export function observe(candidate: Candidate, seen: Observation): void {
  const { row } = candidate;
  row.ownInFlight = Math.max(0, row.ownInFlight - 1);
  if (seen.kind === 'refused') {
    row.hotUntil = seen.at + (seen.retryAfterMs ?? HOT_MS);
    return;
  }
  const failed = seen.kind !== 'completed';
  row.errorRate += ERROR_GAIN * ((failed ? 1 : 0) - row.errorRate);
  if (failed) return;
  row.ejections = Math.max(0, row.ejections - ERROR_GAIN);
  learnSpeed(candidate, seen);
}

/** Whether the error rate asks for ejection; the caller keeps the share of ejected providers small. */
export function shouldEject({ row }: Candidate): boolean {
  return row.errorRate > EJECT_ABOVE;
}

export function eject({ row }: Candidate, at: EpochMs): void {
  row.ejectedUntil = at + EJECT_MS * 2 ** Math.min(row.ejections, MAX_EJECT_DOUBLINGS);
  row.ejections += 1;
  row.errorRate = EJECT_ABOVE / 2;
}

/**
 * Where nobody was ahead, all the time was the provider's. Else it says itself when it began, but by no more than
 * twice what the queue seen from here explains.
 */
function servedMs({ row }: Candidate, { ms, queueFactor, runMs }: Observation): number {
  const there = ms - row.roundTripMs;
  if (queueFactor === 1) return there;
  return Math.max(runMs ?? 0, there / (2 * queueFactor));
}

/** An average of the logarithm, so that one odd sample moves little. Calibration is a tracker of the median. */
function learnSpeed(candidate: Candidate, seen: Observation): void {
  const seconds = Math.max(servedMs(candidate, seen), 0.05) / 1000;
  const speed = Math.max(seen.units, 1) / seconds;
  const expectedMs =
    (seen.queueFactor * 1000 * Math.max(seen.units, 1)) / candidate.speed +
    candidate.row.roundTripMs;
  if (candidate.measured === 0) candidate.speed = speed;
  else {
    const gain = candidate.measured < EARLY_JOBS ? EARLY_GAIN : GAIN;
    const step = Math.log(speed / candidate.speed);
    candidate.speed *= Math.exp(gain * Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step)));
  }
  candidate.measured += 1;
  const drift = seen.ms > expectedMs * candidate.calibration ? CALIBRATION_STEP : -CALIBRATION_STEP;
  candidate.calibration = Math.min(
    MAX_CALIBRATION,
    Math.max(1, candidate.calibration * (1 + drift)),
  );
  if (seen.firstOutputMs !== undefined)
    candidate.firstOutputMs += 0.2 * (seen.firstOutputMs - candidate.firstOutputMs);
}
