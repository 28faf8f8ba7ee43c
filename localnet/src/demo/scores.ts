import type { Assay } from '@assay/client';
import { pollUntil } from '../processes/poll-until.ts';

const PATIENCE_MS = 30_000;
const QUERY = '{ providers { edges { node { id region reputation { score } } } } }';

interface Scored {
  readonly id: string;
  readonly region: string | null;
  readonly reputation: { readonly score: number } | null;
}

export async function readScores(assay: Assay): Promise<readonly Scored[]> {
  const { providers } = await assay.ask<{ providers: { edges: readonly { node: Scored }[] } }>(
    QUERY,
  );
  return providers.edges.map(({ node }) => node);
}

/** Waits until work has moved a score; says how. */
export async function awaitScoreChange(
  assay: Assay,
  before: readonly Scored[],
  signal: AbortSignal,
): Promise<string> {
  const was = new Map(before.map(({ id, reputation }) => [id, reputation?.score ?? 0]));
  let now = before;
  const patient = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  await pollUntil(
    async () => {
      now = await readScores(assay);
      return now.some(({ id, reputation }) => (reputation?.score ?? 0) !== was.get(id));
    },
    patient,
    200,
  ).catch((cause: unknown) => {
    throw new Error('no score changed after the jobs', { cause });
  });
  return now
    .map(({ id, region, reputation }) => {
      const [from, to] = [was.get(id) ?? 0, reputation?.score ?? 0];
      return `${region} ${from.toFixed(3)} -> ${to.toFixed(3)}`;
    })
    .join(', ');
}
