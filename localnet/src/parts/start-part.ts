import type { Child } from '../processes/child-process.ts';
import type { Context } from './context.ts';

/** Starts one part: told as a stage, stopped with the rest, watched while it runs. */
export async function startPart<T extends Child>(
  context: Context,
  name: string,
  start: (note: (detail: string) => void) => Promise<T>,
): Promise<T> {
  context.signal.throwIfAborted();
  return context.reporter.stage(name, async (note) => {
    const part = await context.stack.add(await start(note));
    context.watch.add(part);
    return part;
  });
}
