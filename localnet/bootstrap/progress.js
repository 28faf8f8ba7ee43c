// @ts-check

/**
 * One long step: a line that redraws itself on a terminal, a line now and then elsewhere.
 * @typedef {{ update(done: number, total: number): void, end(text: string): void }} Progress
 */

const WIDTH = 24;
const PLAIN_LINE_EVERY_MS = 10_000;

/**
 * @param {string} label
 * @param {{ isTTY?: boolean, write(text: string): unknown }} [out]
 * @param {() => number} [now]
 * @returns {Progress}
 */
export function startProgress(label, out = process.stdout, now = Date.now) {
  const startedAt = now();
  let lastPlainLine = startedAt;
  const seconds = () => `${Math.round((now() - startedAt) / 1000)} s`;
  if (!out.isTTY) out.write(`${label} ...\n`);
  return {
    update(done, total) {
      if (out.isTTY) {
        out.write(`\r\x1b[K${label} ${bar(done, total)} ${seconds()}`);
      } else if (now() - lastPlainLine >= PLAIN_LINE_EVERY_MS) {
        lastPlainLine = now();
        out.write(`${label}: ${done} of ${total}, ${seconds()}\n`);
      }
    },
    end(text) {
      out.write(`${out.isTTY ? '\r\x1b[K' : ''}${label}: ${text} (${seconds()})\n`);
    },
  };
}

/**
 * `[######......] 12/24`
 * @param {number} done
 * @param {number} total
 */
export function bar(done, total) {
  const filled = total === 0 ? 0 : Math.min(WIDTH, Math.round((done / total) * WIDTH));
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total}`;
}
