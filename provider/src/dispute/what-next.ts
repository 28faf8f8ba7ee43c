import type { DisputeRecord } from './dispute-book.ts';

/** In one line, what this provider will do about a dispute, or waits for. `now` in Unix seconds. */
export function whatNext(record: DisputeRecord, now: number): string {
  const { role, state, commitEnds, revealEnds } = record;
  if (state === 'closed') return 'nothing: the chain has a verdict';
  if (now >= revealEnds) return 'has the chain resolve it';
  return role === 'accused'
    ? accusedNext(record, now < commitEnds)
    : jurorNext(record, now < commitEnds);
}

function accusedNext({ state, note }: DisputeRecord, committing: boolean): string {
  if (state === 'answered') return 'waits for the jurors to reveal';
  if (!committing) return 'answers with the receipt’s fingerprint';
  return note.startsWith('evidence at ')
    ? 'answers once the jurors have committed'
    : 'hands the evidence over, then answers once the jurors have committed';
}

function jurorNext({ state, vote }: DisputeRecord, committing: boolean): string {
  if (state === 'revealed') return 'waits for the verdict';
  if (!committing) return vote === undefined ? 'nothing: it committed no vote' : 'reveals its vote';
  if (state === 'committed') return 'reveals once the jurors have committed';
  return 'looks for evidence, runs the job again and commits a vote';
}
