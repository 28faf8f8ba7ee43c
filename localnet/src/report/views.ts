import type { StageResult, StageView } from './reporter.ts';

type Write = (text: string) => void;

const NAME_WIDTH = 20;
const TIME_WIDTH = 8;
const FRAMES = ['|', '/', '-', '\\'];
const CLEAR = '\r\x1b[K';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(TIME_WIDTH);
const line = (mark: string, { name, ms, detail }: StageResult) =>
  `${mark}  ${name.padEnd(NAME_WIDTH)}${seconds(ms)}  ${detail}`.trimEnd();

/** One line for each finished stage. */
export function plainView(write: Write): StageView {
  return {
    started: () => undefined,
    finished: (result) => write(`${line(result.ok ? 'ok  ' : 'FAIL', result)}\n`),
  };
}

/** For programs: one JSON object a line. */
export function jsonView(write: Write): StageView {
  return {
    started: () => undefined,
    finished: ({ name, ok, ms, detail }) =>
      write(`${JSON.stringify({ stage: name, ok, ms: Math.round(ms), detail })}\n`),
  };
}

/** For a terminal: finished stages scroll up, a spinner names those that run. */
export function spinnerView(write: Write): StageView {
  const running = new Map<string, number>();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    frame += 1;
    write(`${CLEAR}${FRAMES[frame % FRAMES.length]}     ${[...running.keys()].join(', ')}`);
  };
  return {
    started: (name) => {
      running.set(name, (running.get(name) ?? 0) + 1);
      timer ??= setInterval(draw, 120).unref();
      draw();
    },
    finished: (result) => {
      running.delete(result.name);
      const mark = result.ok ? '\x1b[32mok  \x1b[0m' : '\x1b[31mFAIL\x1b[0m';
      write(`${CLEAR}${line(mark, result)}\n`);
      if (running.size > 0) return draw();
      clearInterval(timer);
      timer = undefined;
    },
  };
}
