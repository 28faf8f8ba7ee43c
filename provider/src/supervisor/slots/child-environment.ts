/** Where a GPU's libraries are, and which GPUs there are: nothing else of the supervisor's environment is a child's business. */
const FOR_GPU = ['LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'] as const;

/** The runtime tells nobody what is run here. */
const QUIET = { ORT_DISABLE_TELEMETRY: '1' };

/** The whole environment of a child; on a CPU it says one thing only. `tf32` is set where a GPU computes. */
export function childEnvironment(
  tf32: boolean | undefined,
  own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  if (tf32 === undefined) return QUIET;
  const passed = FOR_GPU.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]]));
  return { ...QUIET, ...Object.fromEntries(passed), NVIDIA_TF32_OVERRIDE: tf32 ? '1' : '0' };
}
