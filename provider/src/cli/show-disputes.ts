import type { DisputeRecord } from '../dispute/dispute-book.ts';
import { whatNext } from '../dispute/what-next.ts';
import { table } from './show.ts';

/** A block for each dispute: where it stands, how long its windows are open, what happens next. `now` in Unix seconds. */
export function showDisputes(records: readonly DisputeRecord[], now: number): string {
  if (records.length === 0) return 'no disputes';
  return records.map((record) => showDispute(record, now)).join('\n\n');
}

function showDispute(record: DisputeRecord, now: number): string {
  const { id, role, state, note, commitEnds, revealEnds } = record;
  const verdict = state === 'closed';
  return table([
    [id, ''],
    ['  role', role],
    ['  state', verdict ? `closed: ${note}` : state],
    ...(verdict ? [] : [['  votes', windowText(commitEnds, now)]]),
    ...(verdict ? [] : [['  reveals', windowText(revealEnds, now)]]),
    ...(verdict || note === '' ? [] : [['  so far', note]]),
    ['  next', whatNext(record, now)],
  ]);
}

function windowText(ends: number, now: number): string {
  const at = new Date(ends * 1000).toISOString();
  return now < ends ? `until ${at}, ${durationText(ends - now)} left` : `ended ${at}`;
}

function durationText(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
