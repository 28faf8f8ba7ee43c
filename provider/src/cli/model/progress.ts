const WIDTH = 24;

/** A bar that redraws itself on a terminal; elsewhere a line for every tenth. */
export function createProgress(label: string): {
  update(done: number, total: number): void;
  end(): void;
} {
  const { stderr } = process;
  let tenth = -1;
  return {
    update(done, total) {
      const part = total > 0 ? Math.min(1, done / total) : 1;
      const filled = Math.round(part * WIDTH);
      if (stderr.isTTY)
        stderr.write(
          `\r${label} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.round(part * 100)} %`,
        );
      else if (Math.floor(part * 10) > tenth) {
        tenth = Math.floor(part * 10);
        stderr.write(`${label}: ${Math.round(part * 100)} %\n`);
      }
    },
    end() {
      if (stderr.isTTY) stderr.write('\n');
    },
  };
}
