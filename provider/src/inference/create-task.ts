import type { Decoder } from './decoder.ts';
import { createCacheDecoder } from './decoders/cache-decoder.ts';
import { createWindowDecoder } from './decoders/window-decoder.ts';
import { numberParameter, textParameter } from './model-parameters.ts';
import type { Task, TaskContext } from './task.ts';
import { createEmbeddingTask } from './tasks/embedding-task.ts';
import { createGenerationTask } from './tasks/generation-task.ts';
import { createImageTask } from './tasks/image-task.ts';
import { createOcrTask } from './tasks/ocr-task.ts';
import { createTensorTask } from './tasks/tensor-task.ts';
import { createVadTask } from './tasks/vad-task.ts';

/** The task the manifest names, ready to run. */
export async function createTask(context: TaskContext): Promise<Task> {
  switch (context.manifest.task) {
    case 'ocr':
      return createOcrTask(context);
    case 'vad':
      return createVadTask(context);
    case 'text-generation':
      return createGenerationTask(await createDecoder(context), generationLimits(context));
    case 'embedding':
      return createEmbeddingTask(context);
    case 'image-classification':
      return createImageTask(context);
    case 'tensor':
      return createTensorTask(context);
  }
}

/** Two kinds of graph: one that keeps a cache, as exported by others, and one that sees a window of recent tokens. */
function createDecoder(context: TaskContext): Promise<Decoder> {
  const kind = textParameter(context.manifest, 'decoder', 'cache');
  return kind === 'window' ? createWindowDecoder(context) : createCacheDecoder(context);
}

function generationLimits({ manifest }: TaskContext) {
  return {
    defaultMaxTokens: numberParameter(manifest, 'defaultMaxTokens', 128),
    maxTokens: numberParameter(manifest, 'maxTokens', 4_096),
    maxPromptChars: numberParameter(manifest, 'maxPromptChars', 65_536),
  };
}
