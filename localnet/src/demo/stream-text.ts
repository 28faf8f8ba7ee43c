import type { JobResult, Session } from '@assay/client';
import type { Network } from '@assay/wire';
import { modelId } from './jobs.ts';
import type { DemoMeans } from './run-demo.ts';

const NAME = 'text streamed';
const PROMPT = 'The provider ';
const TOKENS = 240;

/** A prompt in, its continuation out, written as it comes. Told when it is done: a spinner would get in between. */
export async function streamText(
  session: Session,
  network: Network,
  means: DemoMeans,
): Promise<JobResult> {
  const startedAt = performance.now();
  const ms = () => performance.now() - startedAt;
  try {
    const { result, firstMs } = await follow(session, network, means, ms);
    const rate = Math.round((Number(result.units) / (ms() - firstMs)) * 1000);
    const detail = `${result.units} tokens, first after ${firstMs.toFixed(0)} ms, ${rate} a second`;
    means.reporter.record({ name: NAME, ok: true, ms: ms(), detail });
    return result;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    means.reporter.record({ name: NAME, ok: false, ms: ms(), detail });
    throw error;
  }
}

async function follow(
  session: Session,
  network: Network,
  { write = () => undefined, signal }: DemoMeans,
  ms: () => number,
): Promise<{ result: JobResult; firstMs: number }> {
  const { id } = await session.submit({
    target: { modelId: modelId(network, 'char-lm') },
    input: { text: { prompt: PROMPT, maxTokens: TOKENS, temperature: 0.6, seed: 7n } },
  });
  let text = '';
  let firstMs = 0;
  write(`\n      ${PROMPT}`);
  for await (const event of session.follow(id, { signal })) {
    if (event.kind === 'JobOutput') {
      if (text === '') firstMs = ms();
      text += event.text ?? '';
      write((event.text ?? '').replaceAll('\n', '\n      '));
    } else if (event.kind === 'JobCompleted') {
      write('\n\n');
      const { price, units, receipts } = event;
      return { result: { jobId: id, text, tensors: [], price, units, receipts }, firstMs };
    } else if (event.kind === 'JobFailed') throw new Error(`${event.code}: ${event.message}`);
  }
  throw new Error('the stream ended before its terminal event');
}
