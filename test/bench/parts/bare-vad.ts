import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const WINDOW = 512;
const CONTEXT = 64;
const STATE = 2 * 128;

/** The same model on the same sound with nothing around it; answers how long one pass takes, in ms. */
export async function bareVad(wav: Buffer): Promise<() => Promise<number>> {
  const home = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web/package.json'));
  const session = await InferenceSession.create(join(home, 'dist/silero_vad_v6.onnx'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const samples = new Float32Array((wav.length - 44) / 2).map(
    (_, at) => wav.readInt16LE(44 + at * 2) / 32_768,
  );
  const sr = new Tensor('int64', BigInt64Array.of(16_000n), []);
  return async () => {
    const startedAt = performance.now();
    let state: Tensor = new Tensor('float32', new Float32Array(STATE), [2, 1, 128]);
    for (let at = 0; at < samples.length; at += WINDOW) {
      const window = new Float32Array(CONTEXT + WINDOW);
      window.set(samples.subarray(Math.max(0, at - CONTEXT), at), at === 0 ? CONTEXT : 0);
      window.set(samples.subarray(at, at + WINDOW), CONTEXT);
      const input = new Tensor('float32', window, [1, window.length]);
      state = (await session.run({ input, state, sr })).stateN ?? state;
    }
    return performance.now() - startedAt;
  };
}
