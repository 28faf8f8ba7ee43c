import type { InferenceSession } from 'onnxruntime-node';
import type { RuntimeOptions } from './messages.ts';

/** What a session is to run on: that alone, without anything to fall back to. */
export function executionProviders({
  executionProvider: name,
  deviceId,
}: Pick<
  RuntimeOptions,
  'executionProvider' | 'deviceId'
>): InferenceSession.ExecutionProviderConfig[] {
  const takesDevice = name === 'cuda' || name === 'tensorrt';
  return [takesDevice && deviceId !== undefined ? { name, deviceId } : name];
}
