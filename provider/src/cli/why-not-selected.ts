import type { describeStatus } from '../supervisor/describe-status.ts';

type Status = ReturnType<typeof describeStatus>;

/** Every reason this provider knows of why jobs may not come, the hard ones first. */
export function whyNotSelected(status: Status): string[] {
  const reasons: string[] = [];
  if (status.state === 'draining') reasons.push('it is draining: restart it to take jobs again');
  for (const { url, state, lastProblem, clockSkewMs } of status.links) {
    if (state !== 'up')
      reasons.push(`the link to ${url} is ${state}${lastProblem ? `: ${lastProblem}` : ''}`);
    if (Math.abs(clockSkewMs) > 5_000)
      reasons.push(`this clock is ${clockSkewMs} ms off the gateway’s: set the time`);
  }
  for (const { name, fault } of status.models)
    if (fault) reasons.push(`${name}: ${fault}: run \`assay-provider register\``);
  if (status.slots.queued > 4 * status.slots.count)
    reasons.push(
      `${status.slots.queued} jobs wait for ${status.slots.count} slot(s): predicted finish times are late`,
    );
  for (const [code, count] of Object.entries(status.refusals)) {
    const advice = REFUSALS[code];
    if (advice !== undefined && count > 0)
      reasons.push(`${count} ticket(s) refused with ${code}: ${advice}`);
  }
  return reasons;
}

const REFUSALS: Readonly<Record<string, string>> = {
  P301: 'deadlines could not be met; add slots or serve fewer models',
  P306: 'sessions owe vouchers; credit.maxUnvouchered is the limit',
  P308: 'the queue was full; add slots or raise slots.maxQueue',
  P310: 'tickets paid less than the live price',
  P300: 'runs failed; see the log',
  P304: 'runs passed their deadline and were killed',
};
