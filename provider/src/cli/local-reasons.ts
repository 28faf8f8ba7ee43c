import type { describeStatus } from '../supervisor/describe-status.ts';
import type { Reason } from './reason.ts';

type Status = ReturnType<typeof describeStatus>;

const SKEW_MS = 5_000;

/** Every reason this provider knows by itself. */
export function localReasons(status: Status): Reason[] {
  return [
    ...(status.state === 'draining'
      ? [{ weight: 100, why: 'it is draining', fix: 'to take jobs again, stop it and start it' }]
      : []),
    ...status.links.flatMap(linkReasons),
    ...status.models.flatMap(({ name, fault }) =>
      fault ? [{ weight: 99, why: `${name}: ${fault}`, fix: 'run `assay-provider register`' }] : [],
    ),
    ...status.leftOut.map(leftOutReason),
    ...queueReasons(status),
    ...Object.entries(status.refusals).flatMap(([code, count]) => refusalReasons(code, count)),
  ];
}

function leftOutReason({ bundle, ...left }: Status['leftOut'][number]): Reason {
  const { code, reason, fix, nextTryAt } = left;
  const next = nextTryAt === undefined ? 'now' : `at ${new Date(nextTryAt).toISOString()}`;
  return {
    weight: 98,
    why: `${bundle} is not served: ${code} ${reason}`,
    fix: `${fix} It is tried again ${next}; a changed config counts after a restart`,
  };
}

function linkReasons({ url, state, lastProblem, clockSkewMs }: Status['links'][number]): Reason[] {
  const reasons: Reason[] = [];
  if (state !== 'up')
    reasons.push({
      weight: 100,
      why: `the link to ${url} is ${state}${lastProblem ? `: ${lastProblem}` : ''}`,
      fix: 'it dials on by itself; `assay-provider doctor` says what is in the way',
    });
  if (Math.abs(clockSkewMs) > SKEW_MS)
    reasons.push({
      weight: 97,
      why: `this clock is ${clockSkewMs} ms off the gateway’s`,
      fix: 'set the time: turn NTP on',
    });
  return reasons;
}

function queueReasons({ slots: { queued, count } }: Status): Reason[] {
  if (queued <= 4 * count) return [];
  return [
    {
      weight: 60,
      why: `${queued} jobs wait for ${count} slot(s): predicted finish times are late`,
      fix: 'add slots, or raise the price',
    },
  ];
}

const REFUSALS: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  P300: ['runs failed', 'see the log'],
  P301: ['deadlines could not be met', 'add slots or serve fewer models'],
  P304: [
    'runs passed their deadline and were killed',
    'serve fewer models, or on a faster machine',
  ],
  P306: ['sessions owe vouchers', 'raise credit.maxUnvouchered, if you trust them'],
  P308: ['the queue was full', 'add slots or raise slots.maxQueue'],
  P310: ['tickets paid less than the live price', 'lower models[].surge, if it happens often'],
};

function refusalReasons(code: string, count: number): Reason[] {
  const known = REFUSALS[code];
  if (known === undefined || count === 0) return [];
  const why = `${count} ticket(s) refused with ${code} since the start: ${known[0]}`;
  return [{ weight: 40 + Math.min(15, count), why, fix: known[1] }];
}
