import { AssayError } from '@assay/wire';
import type { z } from 'zod';
import type { ChainHead } from '../chain/chain-head.ts';
import type { Freshness } from '../federation/freshness.ts';
import type { Log } from '../process/log.ts';
import type { Metrics } from '../process/metrics.ts';
import { type IndexQuery, mergeQueries } from './merge-queries.ts';
import { type IndexAnswer, type IndexedBlock, IndexRefusal, postQuery } from './post-query.ts';

export interface Indexed<T> {
  readonly data: T;
  readonly freshness: Freshness;
  readonly block: IndexedBlock;
}

/** Reads the chain index. All queries of one turn of the event loop travel in one request. */
export interface IndexClient {
  /**
   * Answers from the index, or, marked stale, with the last good answer to the same query.
   *
   * @throws X500 where the index does not answer and never answered this query.
   */
  query<S extends z.ZodType>(
    text: string,
    variables: Readonly<Record<string, unknown>>,
    schema: S,
  ): Promise<Indexed<z.output<S>>>;
  /** How many requests went out; tests count them. */
  readonly requests: number;
}

export interface IndexClientOptions {
  readonly url: string;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Without it an answer is stale only when the index does not answer. */
  readonly head?: ChainHead;
  readonly timeoutMs?: number;
  /** An index further behind the chain than this is stale. */
  readonly staleAfterSeconds?: number;
}

const TIMEOUT_MS = 3_000;
const STALE_AFTER_SECONDS = 15;
/** A head lower by more blocks than any reorg takes back means that the index starts again. */
const DEEPEST_REORG = 128;
const REMEMBERED_CHARACTERS = 64 * 1024 * 1024;

interface Waiting extends IndexQuery {
  readonly key: string;
  readonly resolve: (answer: Remembered) => void;
  readonly reject: (error: unknown) => void;
}

interface Remembered {
  readonly data: Readonly<Record<string, unknown>>;
  readonly block: IndexedBlock;
  readonly fresh: boolean;
  readonly size: number;
}

export function createIndexClient(options: IndexClientOptions): IndexClient {
  const { url, log, head, metrics, timeoutMs = TIMEOUT_MS } = options;
  const sent = metrics?.counter('index_requests_total', 'Requests to the chain index');
  const unanswered = metrics?.counter('index_failures_total', 'Requests without a usable answer');
  const staleAfterSeconds = options.staleAfterSeconds ?? STALE_AFTER_SECONDS;
  const lastGood = new Map<string, Remembered>();
  let waiting: Waiting[] = [];
  let requests = 0;
  let remembered = 0;
  let highest = 0;
  let down = false;

  const remember = (key: string, answer: Remembered) => {
    remembered += answer.size - (lastGood.get(key)?.size ?? 0);
    lastGood.delete(key);
    lastGood.set(key, answer);
    for (const [oldest, { size }] of lastGood) {
      if (remembered <= REMEMBERED_CHARACTERS) break;
      lastGood.delete(oldest);
      remembered -= size;
    }
  };

  const settle = (batch: readonly Waiting[], answers: readonly Remembered[]) => {
    for (const [place, { key, resolve }] of batch.entries()) {
      const answer = answers[place] as Remembered;
      if (answer.fresh) remember(key, answer);
      resolve({ ...(answer.fresh ? answer : (lastGood.get(key) ?? answer)), fresh: answer.fresh });
    }
  };

  const fail = (batch: readonly Waiting[], cause: unknown) => {
    unanswered?.inc();
    if (!down) log.warn({ err: cause }, 'index does not answer');
    down = true;
    for (const { key, resolve, reject } of batch) {
      const known = lastGood.get(key);
      if (known === undefined) reject(new AssayError('X500', { cause }));
      else resolve({ ...known, fresh: false });
    }
  };

  const flush = () => {
    const batch = waiting;
    waiting = [];
    void send(batch);
  };

  const send = async (batch: readonly Waiting[]): Promise<void> => {
    const merged = mergeQueries(batch);
    requests += 1;
    sent?.inc();
    try {
      const answer: IndexAnswer = await postQuery(url, merged, timeoutMs);
      if (down) log.info({ block: answer.block.number }, 'index answers again');
      down = false;
      const rewound = answer.block.number < highest - DEEPEST_REORG;
      highest = Math.max(highest, answer.block.number);
      const pick = (_: Waiting, place: number) => ({
        data: merged.pick(answer.data, place),
        block: answer.block,
        fresh: !rewound,
        size: answer.size / batch.length,
      });
      settle(batch, batch.map(pick));
    } catch (error) {
      // One query that the index refuses must not take the others with it.
      if (error instanceof IndexRefusal && batch.length > 1)
        await Promise.all(batch.map((one) => send([one])));
      else fail(batch, error);
    }
  };

  const enqueue = (query: IndexQuery): Promise<Remembered> =>
    new Promise((resolve, reject) => {
      const key = JSON.stringify([query.text, query.variables]);
      waiting.push({ ...query, key, resolve, reject });
      // After the promise jobs of this turn, so that DataLoaders of one level join the same request.
      if (waiting.length === 1) setImmediate(flush);
    });

  return {
    get requests() {
      return requests;
    },
    async query(text, variables, schema) {
      // Beside the question, never before its answer: a chain that hangs must not hold up what the index knows.
      void head?.refresh();
      const answer = await enqueue({ text, variables });
      const lagSeconds = head?.lagSeconds(answer.block) ?? 0;
      const stale = !answer.fresh || lagSeconds > staleAfterSeconds;
      return {
        data: schema.parse(answer.data),
        block: answer.block,
        freshness: { indexedBlock: answer.block.number, lagSeconds, stale },
      };
    },
  };
}
