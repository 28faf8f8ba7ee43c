import type { Address, EpochMs } from '@assay/wire';
import type { Reputation, ScoreChange, ScorePart, ScorePoint } from '../domain/reputation.ts';
import type { Standing } from './scoreboard.ts';

/** Smaller moves are not news. */
const NOTABLE = 0.0005;
/** A record falls by itself only when a slash comes: it heals with time. */
const SLASH_MOVE = 1e-6;
const HOUR_MS = 3_600_000;
const HISTORY_POINTS = 72;

/** True if clients should hear of it. */
export function isNotable(before: Reputation | undefined, now: Standing): boolean {
  if (before === undefined || before.eligible !== now.eligible) return true;
  return Math.abs(before.score - now.score) >= NOTABLE;
}

/** The reputation after a move, with what moved it. */
export function movedReputation(
  providerId: Address,
  before: Reputation | undefined,
  { score, trust, eligible, parts, reason }: Standing,
  at: EpochMs,
): Reputation {
  const why = eligible ? reasonOf(before?.parts ?? [], parts) : reason;
  const from = before?.score ?? score;
  const lastChange: ScoreChange | undefined =
    before === undefined ? undefined : { at, from, to: score, reason: why };
  const history = withPoint(before?.history ?? [], { at, score });
  return { providerId, score, trust, eligible, parts, lastChange, history, updatedAt: at };
}

/** The part that moved the score most, in words. */
function reasonOf(before: readonly ScorePart[], after: readonly ScorePart[]): string {
  const moves = after.map(({ name, value, weight, explanation }) => {
    const old = before.find((part) => part.name === name)?.value ?? value;
    return { name, by: (value - old) * weight, explanation };
  });
  // A slash moves trust more than the record, and is the reason all the same.
  const slash = moves.find(({ name, by }) => name === 'record' && by < -SLASH_MOVE);
  const most = slash ?? moves.toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by)).at(0);
  if (most === undefined || most.by === 0) return 'scored for the first time';
  return `${most.name} ${most.by > 0 ? 'rose' : 'fell'}: ${most.explanation}`;
}

/** One point an hour: the last score of each. */
function withPoint(history: readonly ScorePoint[], point: ScorePoint): ScorePoint[] {
  const hour = (at: EpochMs) => Math.floor(at / HOUR_MS);
  const earlier = history.filter(({ at }) => hour(at) !== hour(point.at));
  return [...earlier, point].slice(-HISTORY_POINTS);
}
