import type { FetchProgress } from '../bundle/fetch-file.ts';
import { createProgress } from './model/progress.ts';

/** A bar for each file that is downloaded; nothing for files that are there already. */
export function showDownload(): FetchProgress {
  const bars = new Map<string, ReturnType<typeof createProgress>>();
  return ({ file, received, total }) => {
    const bar = bars.get(file) ?? createProgress(file);
    bars.set(file, bar);
    bar.update(received, total);
    if (received >= total) bar.end();
  };
}
