import { longestText } from '@assay/wire/longest-text';
import { checkPaid } from '../check-paid.ts';
import type { Decoder, DecoderRun, TextStream } from '../decoder.ts';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import type { WireParams } from '../messages.ts';
import { createSampler } from '../sampler.ts';
import { createStopMatcher } from '../stop-matcher.ts';
import { packStrings } from '../string-tensor.ts';
import type { EmitText, Task, TaskJob, TaskOutcome } from '../task.ts';

export interface GenerationLimits {
  readonly defaultMaxTokens: number;
  readonly maxTokens: number;
  readonly maxPromptChars: number;
}

/** Text in, text out, streamed token by token; every job runs by itself. */
export function createGenerationTask(decoder: Decoder, limits: GenerationLimits): Task {
  return {
    async run(jobs, emit) {
      const outcomes: (TaskOutcome | InferenceFault)[] = [];
      for (const job of jobs)
        outcomes.push(await guarded(() => generate({ job, decoder, limits, emit })));
      return outcomes;
    },
    sample: (units) => ({
      job: -1,
      prompt: 'The ',
      params: { maxTokens: units },
      tensors: [],
      cancelled: () => false,
    }),
  };
}

interface Generation {
  readonly job: TaskJob;
  readonly decoder: Decoder;
  readonly limits: GenerationLimits;
  readonly emit: EmitText;
}

async function generate({ job, decoder, limits, emit }: Generation): Promise<TaskOutcome> {
  const { params } = job;
  const prompt = promptOf(job, limits);
  const before = deliveredOf(job, limits);
  const asked = decoder.encode(prompt);
  const delivered = decoder.encodeContinuation(prompt, before);
  const allowed = tokenBudget(params, {
    decoder,
    limits,
    promptTokens: asked.length,
    delivered: delivered.length,
  });
  if (allowed > 0) checkPaid(job, 1);
  // A text ends where its money does, as it ends at maxTokens.
  const budget = Math.min(allowed, job.maxUnits ?? allowed);
  const transcript: Transcript = { tokens: [], scores: [], text: '' };
  let cut = false;
  if (budget > 0) {
    const run = await decoder.start([...asked, ...delivered]);
    const firstPosition = delivered.length;
    cut = await decode({ job, decoder, run, budget, firstPosition, transcript, emit });
  }
  return {
    cut,
    text: transcript.text,
    units: transcript.tokens.length,
    streamed: true,
    fingerprint: Float32Array.from(transcript.scores),
    outputs: [
      { name: 'text', datatype: 'BYTES', shape: [1], data: packStrings([transcript.text]) },
      {
        name: 'tokens',
        datatype: 'INT32',
        shape: [transcript.tokens.length],
        data: new Uint8Array(Int32Array.from(transcript.tokens).buffer),
      },
    ],
  };
}

interface Transcript {
  tokens: number[];
  /** Per token its logit and the log-sum-exp of all: what the fingerprint is projected from. */
  scores: number[];
  text: string;
}

interface Decoding {
  readonly job: TaskJob;
  readonly decoder: Decoder;
  readonly run: DecoderRun;
  readonly budget: number;
  readonly firstPosition: number;
  readonly transcript: Transcript;
  readonly emit: EmitText;
}

/** Resolves with whether the text was cut. */
async function decode(decoding: Decoding): Promise<boolean> {
  const { job, decoder, run, budget, firstPosition, transcript } = decoding;
  const choose = createChooser(job.params, firstPosition);
  const stream = decoder.textStream();
  const stop = createStopMatcher(job.params.forcedTokens ? [] : (job.params.stop ?? []));
  let { logits } = run;
  let unbilled = 0;
  let cut = false;
  while (transcript.tokens.length < budget) {
    cut = job.cancelled();
    if (cut) break;
    const token = choose(logits, transcript.tokens.length);
    if (token === undefined) break;
    record(transcript, token, logits);
    unbilled += 1;
    if (decoder.stopTokens.has(token)) break;
    const released = stop.push(stream.push(token));
    if (released.text !== '') unbilled = release(decoding, released.text, unbilled);
    if (released.stopped) {
      finish(decoding, '', unbilled);
      return false;
    }
    if (transcript.tokens.length < budget) logits = await run.next(token);
  }
  finish(decoding, rest(stream, stop), unbilled);
  return cut;
}

function rest(stream: TextStream, stop: ReturnType<typeof createStopMatcher>): string {
  const last = stop.push(stream.flush());
  return last.text + (last.stopped ? '' : stop.flush());
}

function createChooser(
  params: WireParams,
  firstPosition: number,
): (logits: Float32Array, index: number) => number | undefined {
  const { forcedTokens } = params;
  if (forcedTokens) return (_, index) => forcedTokens[index];
  const sample = createSampler(params);
  return (logits, index) => sample(logits, firstPosition + index);
}

function record(transcript: Transcript, token: number, logits: Float32Array): void {
  if (!(token >= 0 && token < logits.length)) {
    throw new InferenceFault('P303', {
      details: {
        reason: 'a forced token is outside the vocabulary',
        token,
        vocabulary: logits.length,
      },
    });
  }
  transcript.tokens.push(token);
  transcript.scores.push(logits[token] ?? 0, logSumExp(logits));
}

function release({ job, transcript, emit }: Decoding, text: string, units: number): number {
  transcript.text += text;
  emit(job, text, units);
  return 0;
}

function finish(decoding: Decoding, text: string, unbilled: number): void {
  if (text !== '' || unbilled > 0) release(decoding, text, unbilled);
}

function logSumExp(logits: Float32Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > top) top = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

function promptOf(job: TaskJob, limits: GenerationLimits): string {
  const prompt = job.prompt ?? '';
  if (prompt.length <= limits.maxPromptChars) return prompt;
  throw new InferenceFault('P303', {
    details: {
      input: 'prompt',
      reason: 'the prompt is too long',
      characters: prompt.length,
      limitCharacters: limits.maxPromptChars,
    },
    hint: 'Shorten the prompt.',
  });
}

/** What other attempts delivered. To encode more than the job can have is work that nobody pays for. */
function deliveredOf({ params }: TaskJob, limits: GenerationLimits): string {
  const { deliveredPrefix = '', maxTokens = limits.defaultMaxTokens } = params;
  const limitCharacters = longestText(Math.min(maxTokens, limits.maxTokens));
  if (deliveredPrefix.length <= limitCharacters) return deliveredPrefix;
  throw new InferenceFault('P303', {
    details: {
      input: 'deliveredPrefix',
      reason: 'the delivered text is longer than the job’s tokens',
      characters: deliveredPrefix.length,
      limitCharacters,
    },
  });
}

interface BudgetFacts {
  readonly decoder: Decoder;
  readonly limits: GenerationLimits;
  readonly promptTokens: number;
  readonly delivered: number;
}

/** Tokens this attempt may produce: what another attempt delivered counts against the job's maximum. */
function tokenBudget(
  params: WireParams,
  { decoder, limits, promptTokens, delivered }: BudgetFacts,
): number {
  const wanted = params.maxTokens ?? limits.defaultMaxTokens;
  if (wanted > limits.maxTokens) {
    throw new InferenceFault('P303', {
      details: { parameter: 'maxTokens', value: wanted, limit: limits.maxTokens },
      hint: 'Lower maxTokens.',
    });
  }
  const room = decoder.contextLength - promptTokens;
  if (room < 1) {
    throw new InferenceFault('P303', {
      details: {
        input: 'prompt',
        reason: 'the prompt fills the model’s context',
        tokens: promptTokens,
        limitTokens: decoder.contextLength,
      },
      hint: 'Shorten the prompt.',
    });
  }
  return Math.min(params.forcedTokens?.length ?? wanted - delivered, room - delivered);
}
