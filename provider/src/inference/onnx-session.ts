import './disable-telemetry.ts';
import './hide-float16-array.ts';
import { InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import { executionProviders } from './execution-providers.ts';
import { InferenceFault } from './inference-fault.ts';
import type { RuntimeOptions } from './messages.ts';

export type Feeds = Readonly<Record<string, OrtTensor>>;

/** One loaded graph. `run` blocks the event loop while the native code computes. */
export interface OnnxSession {
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputs: readonly InferenceSession.ValueMetadata[];
  run(feeds: Feeds): Promise<Readonly<Record<string, OrtTensor>>>;
}

/**
 * Loads by path only: a graph loaded from bytes may name external data anywhere under the working directory.
 * No option comes from a caller; `optimizedModelFilePath` and the profiler would write files.
 */
export async function openSession(file: string, runtime: RuntimeOptions): Promise<OnnxSession> {
  const session = await InferenceSession.create(file, sessionOptions(runtime)).catch(
    (cause: unknown) => {
      throw loadFault(cause);
    },
  );
  return {
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
    run: (feeds) =>
      session.run(feeds).catch((cause: unknown) => {
        throw runFault(cause);
      }),
  };
}

function sessionOptions(runtime: RuntimeOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: executionProviders(runtime),
    graphOptimizationLevel: runtime.optimisation,
    intraOpNumThreads: runtime.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: {
      session: {
        // The format that was scanned, whatever the file is called.
        load_model_format: 'ONNX',
        // Spinning threads waste the cores other children need.
        intra_op: { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
      },
    },
  };
}

const OUT_OF_MEMORY = /bad_alloc|failed to allocate|out of memory/i;
const BAD_INPUT =
  /INVALID_ARGUMENT|invalid dimensions|unexpected input data type|invalid rank|shape mismatch|broadcast|cannot be reshaped|incompatible dimensions|out of bounds/i;

function reason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
}

function loadFault(cause: unknown): InferenceFault {
  const text = reason(cause);
  return OUT_OF_MEMORY.test(text)
    ? new InferenceFault('P309', { cause, details: { during: 'load', reason: text } })
    : new InferenceFault('M603', {
        cause,
        details: { during: 'load', reason: text },
        hint: 'The runtime refuses this graph; check it with `assay-model check`.',
      });
}

function runFault(cause: unknown): InferenceFault {
  const text = reason(cause);
  if (OUT_OF_MEMORY.test(text))
    return new InferenceFault('P309', { cause, details: { during: 'run' } });
  if (BAD_INPUT.test(text)) return new InferenceFault('P303', { cause, details: { reason: text } });
  return new InferenceFault('P300', { cause, details: { reason: text } });
}
