interface Point {
  readonly at: number;
  /** Joules that one run would have been charged had it run since the beginning. */
  readonly joules: number;
}

/** Runs are asked about when they end: a quarter of an hour of a busy machine is enough. */
const KEPT_POINTS = 50_000;

/**
 * What power costs each of the runs that share it, as one rising curve: at every moment it rises by the power divided
 * by the runs under way. A run is charged the rise from its start to its end, so that all charges add up to the energy.
 */
export interface ShareCurve {
  /** From now on `busy` runs share; `watts` is the power since the last call, undefined where it is not known. */
  advance(at: number, watts: number | undefined, busy: number): void;
  /** Undefined where the power was unknown for a part of the time. */
  joulesBetween(from: number, to: number): number | undefined;
}

export function createShareCurve(): ShareCurve {
  let points: Point[] = [];
  let sharing = 0;

  /** The curve at a moment, on the line between two points. */
  function heightAt(at: number): number | undefined {
    const next = points.findLastIndex((point) => point.at <= at);
    const [before, after] = [points[next], points[next + 1]];
    if (before === undefined) return undefined;
    if (after === undefined) return before.at === at ? before.joules : undefined;
    const part = (at - before.at) / (after.at - before.at);
    return before.joules + part * (after.joules - before.joules);
  }

  return {
    advance(at, watts, busy) {
      const last = points.at(-1);
      if (watts === undefined) points = [];
      else if (last === undefined || at > last.at)
        points.push({ at, joules: (last?.joules ?? 0) + rise(last, at, watts, sharing) });
      sharing = busy;
      if (points.length > 2 * KEPT_POINTS) points = points.slice(-KEPT_POINTS);
    },
    joulesBetween(from, to) {
      const [start, end] = [heightAt(from), heightAt(to)];
      return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
    },
  };
}

function rise(last: Point | undefined, at: number, watts: number, sharing: number): number {
  if (last === undefined || sharing === 0) return 0;
  return (watts * (at - last.at)) / 1_000 / sharing;
}
