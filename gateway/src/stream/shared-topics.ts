import type { Log } from '@assay/kit';
import { AssayError } from '@assay/wire';
import type { ExecutionResult } from 'graphql';
import type { CallerContext } from '../federation/caller.ts';
import type { OperationResult } from '../federation/plan-in-rust.ts';
import { presentErrors } from '../federation/present-errors.ts';
import { type RateLimit, takeRate } from '../federation/rate-limit.ts';
import type { OperationParams, RunOperation } from '../federation/run-operation.ts';
import { createTopic, type Topic } from './topic.ts';

/** Streams that replay from a given point, so that a late follower can be given what the first one got. */
const REPLAYED = /\bjobEvents\b/;

/** What a key leads to: a topic, or the plain answer of an operation that turned out to be none. */
interface Entry {
  readonly opened: Promise<Topic | OperationResult>;
}

/**
 * Lets subscribers who ask for the same stream with the same token share one: it is planned, resolved and
 * serialised once, however many follow. Everything else passes through.
 */
export function shareTopics(run: RunOperation, rate: RateLimit, log: Log): RunOperation {
  const entries = new Map<string, Entry>();

  function openTopic(key: string, params: OperationParams, context: CallerContext): Entry {
    const forget = () => void (entries.get(key) === entry && entries.delete(key));
    const open = async () => {
      const result = await run(params, context);
      if (!(Symbol.asyncIterator in result)) {
        forget();
        return result;
      }
      const slow = () => presentErrors(slowResult(), context.caller.requestId, log);
      return createTopic(result, { replays: REPLAYED.test(params.query ?? ''), slow, forget });
    };
    const entry: Entry = { opened: Promise.resolve().then(open) };
    entries.set(key, entry);
    return entry;
  }

  return async function runShared(params, context): Promise<OperationResult> {
    if (!params.query?.includes('subscription')) return run(params, context);
    const key = keyOf(params, context);
    const shared = entries.get(key);
    const refused = shared && refusal(() => takeRate(rate, context), context, log);
    if (refused !== undefined) return refused;
    const opened = await (shared ?? openTopic(key, params, context)).opened;
    if (!isTopic(opened)) return opened;
    return opened.join() ?? runShared(params, context);
  };
}

function keyOf(
  { query, operationName, variables }: OperationParams,
  { caller }: CallerContext,
): string {
  return JSON.stringify([caller.tokenHash, operationName, variables, query]);
}

function isTopic(value: Topic | OperationResult): value is Topic {
  return 'join' in value;
}

function slowResult(): ExecutionResult {
  return { errors: [new AssayError('G804')] } as unknown as ExecutionResult;
}

function refusal(
  check: () => void,
  { caller }: CallerContext,
  log: Log,
): ExecutionResult | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return presentErrors({ errors: [error] } as unknown as ExecutionResult, caller.requestId, log);
  }
}
