import { AssayError, type Hex, type JobEvent, type JobParams } from '@assay/wire';
import type { Exchange } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import { intentOf, type JobWishes } from '../jobs/job-wishes.ts';
import { runJob } from '../jobs/run-job.ts';
import { readJsonBody } from '../read-json-body.ts';
import { sendJson } from '../send.ts';
import { openEventStream } from '../send-events.ts';
import {
  chatSchema,
  completionSchema,
  paramsOf,
  promptOf,
  refuseUnsupported,
} from './completion-request.ts';
import { describeError } from './describe-error.ts';

/** How one of the two completion APIs writes its answers. */
interface Dialect {
  readonly prefix: 'cmpl' | 'chatcmpl';
  readonly whole: 'text_completion' | 'chat.completion';
  readonly part: 'text_completion' | 'chat.completion.chunk';
  choice(text: string, finish: string | null): object;
  delta(text: string, first: boolean, finish: string | null): object;
}

const COMPLETION: Dialect = {
  prefix: 'cmpl',
  whole: 'text_completion',
  part: 'text_completion',
  choice: (text, finish) => ({ index: 0, text, finish_reason: finish, logprobs: null }),
  delta: (text, _, finish) => ({ index: 0, text, finish_reason: finish, logprobs: null }),
};
const CHAT: Dialect = {
  prefix: 'chatcmpl',
  whole: 'chat.completion',
  part: 'chat.completion.chunk',
  choice: (text, finish) => ({
    index: 0,
    message: { role: 'assistant', content: text },
    finish_reason: finish,
    logprobs: null,
  }),
  delta: (text, first, finish) => {
    const role = first ? { role: 'assistant' } : {};
    return {
      index: 0,
      delta: finish === null ? { ...role, content: text } : {},
      finish_reason: finish,
    };
  },
};

interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly params: JobParams;
  readonly wishes: JobWishes;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/** `POST /v1/completions` */
export async function complete(exchange: Exchange, market: EdgeMarket): Promise<void> {
  const request = await readJsonBody(exchange.request, completionSchema);
  refuseUnsupported(request);
  const [prompt = ''] = [request.prompt].flat();
  await answer(exchange, market, { ...askedOf(request), prompt }, COMPLETION);
}

/** `POST /v1/chat/completions` */
export async function chat(exchange: Exchange, market: EdgeMarket): Promise<void> {
  const request = await readJsonBody(exchange.request, chatSchema);
  refuseUnsupported(request);
  await answer(exchange, market, { ...askedOf(request), prompt: promptOf(request.messages) }, CHAT);
}

function askedOf(request: Parameters<typeof paramsOf>[0]): Omit<Asked, 'prompt'> {
  return {
    model: request.model,
    params: paramsOf(request),
    wishes: request.assay ?? {},
    stream: request.stream === true,
    includeUsage: request.stream_options?.include_usage === true,
  };
}

async function answer(
  exchange: Exchange,
  market: EdgeMarket,
  asked: Asked,
  dialect: Dialect,
): Promise<void> {
  const model = await market.models.find(asked.model);
  const { prompt, params } = asked;
  const job = {
    intent: intentOf(model, asked.wishes),
    payload: { kind: 'text', prompt, params } as const,
  };
  const events = runJob(market, job, exchange);
  if (asked.stream) await stream(exchange, events, asked, dialect);
  else await whole(exchange, events, asked, dialect);
}

type Events = AsyncIterable<JobEvent>;
type Completed = JobEvent & { kind: 'JobCompleted' };

async function whole(
  { response }: Exchange,
  events: Events,
  asked: Asked,
  dialect: Dialect,
): Promise<void> {
  let text = '';
  let done: Completed | undefined;
  for await (const event of events) {
    if (event.kind === 'JobOutput') text += event.text ?? '';
    if (event.kind === 'JobCompleted') done = event;
  }
  if (done === undefined) throw new AssayError('R204');
  response.setHeader('x-assay-job-id', done.jobId);
  sendJson(response, 200, {
    ...headOf(dialect, dialect.whole, { jobId: done.jobId, model: asked.model }),
    choices: [dialect.choice(text, finishOf(done, asked))],
    usage: usageOf(done),
    assay: { job_id: done.jobId, price: done.price },
  });
}

async function stream(
  { response }: Exchange,
  events: Events,
  asked: Asked,
  dialect: Dialect,
): Promise<void> {
  const out = openEventStream(response);
  let first = true;
  const part = (jobId: Hex, choices: object[], rest: object = {}) =>
    out.data({ ...headOf(dialect, dialect.part, { jobId, model: asked.model }), choices, ...rest });
  try {
    for await (const event of events) {
      if (event.kind === 'JobOutput' && event.text !== undefined) {
        await part(event.jobId, [dialect.delta(event.text, first, null)]);
        first = false;
      } else if (event.kind === 'JobCompleted') {
        await part(event.jobId, [dialect.delta('', first, finishOf(event, asked))]);
        if (asked.includeUsage) await part(event.jobId, [], { usage: usageOf(event) });
      }
    }
  } catch (error) {
    if (!out.opened) throw error;
    await out.data(describeError(error instanceof AssayError ? error : new AssayError('G800')));
  }
  out.end('[DONE]');
}

function headOf(dialect: Dialect, object: string, { jobId, model }: { jobId: Hex; model: string }) {
  return {
    id: `${dialect.prefix}-${jobId.slice(2)}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model,
  };
}

/** A text that its deadline ended was cut off like one at its limit of tokens. */
function finishOf({ units, cutShort }: Completed, { params: { maxTokens } }: Asked): string {
  const isFull = maxTokens !== undefined && units >= BigInt(maxTokens);
  return isFull || cutShort ? 'length' : 'stop';
}

/** The market meters units, which for a text model are the tokens it wrote; prompts are not metered. */
function usageOf({ units }: Completed) {
  return { prompt_tokens: 0, completion_tokens: Number(units), total_tokens: Number(units) };
}
