import { serveMeasured } from './measured-child.ts';
import { type Subscriber, subscribeSse, subscribeWs } from './subscriber.ts';

/** A process full of subscribers, told what to do by the suite. */
export interface Join {
  readonly port: number;
  readonly query: string;
  readonly ws: number;
  readonly sse: number;
}
export interface Counts {
  readonly events: number;
  readonly latenciesMs: readonly number[];
  /** Subscribers that missed or repeated an event. */
  readonly faulty: number;
}

const subscribers: Subscriber[] = [];
const faulty = new Set<number>();
let latenciesMs: number[] = [];
let events = 0;

function counter(index: number) {
  let last = 0;
  return (json: string) => {
    const at = Number(/"at":([0-9.]+)/.exec(json)?.[1]);
    const seq = Number(/"seq":(\d+)/.exec(json)?.[1]);
    if (!(seq === last + 1 || last === 0) || json.includes('"errors"')) faulty.add(index);
    last = seq;
    events += 1;
    latenciesMs.push(performance.timeOrigin + performance.now() - at);
  };
}

async function join({ port, query, ws, sse }: Join): Promise<number> {
  const tasks = [
    ...Array.from({ length: ws }, () => subscribeWs),
    ...Array.from({ length: sse }, () => subscribeSse),
  ];
  for (let start = 0; start < tasks.length; start += 50) {
    const batch = tasks.slice(start, start + 50);
    subscribers.push(
      ...(await Promise.all(
        batch.map((subscribe, index) => subscribe(port, query, counter(start + index))),
      )),
    );
  }
  return subscribers.length;
}

serveMeasured(0, {
  join,
  count: () => events,
  take: (): Counts => {
    const counts = { events, latenciesMs, faulty: faulty.size };
    latenciesMs = [];
    events = 0;
    return counts;
  },
  leave: () => {
    for (const subscriber of subscribers.splice(0)) subscriber.leave();
    faulty.clear();
  },
});
