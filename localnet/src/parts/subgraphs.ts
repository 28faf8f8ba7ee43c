import { pollUntil } from '../processes/poll-until.ts';
import { type Addresses, SUBGRAPHS, type SubgraphName } from './addresses.ts';
import type { Context } from './context.ts';
import { startNodeProcess } from './node-process.ts';
import { startPart } from './start-part.ts';

type Environment = Readonly<Record<string, string>>;

/** Each subgraph as its own process, all at once. */
export async function startSubgraphs(
  context: Context,
  places: NonNullable<Addresses['subgraphs']>,
  common: Environment,
): Promise<void> {
  const start = async (name: SubgraphName) => {
    const { port, origin } = places[name];
    await startPart(context, `subgraph ${name}`, (note) => {
      note(origin);
      return startNodeProcess({
        name: `${name} subgraph`,
        file: `subgraphs/${name}/src/main.ts`,
        tsx: true,
        env: { ...common, PORT: `${port}` },
        logFile: context.log(`subgraph-${name}`),
        ports: [port],
        signal: context.signal,
        ready: (signal) => pollUntil((each) => isReady(origin, each), signal, 100),
      });
    });
  };
  await Promise.all(SUBGRAPHS.map(start));
}

async function isReady(origin: string, signal: AbortSignal): Promise<boolean> {
  return (await fetch(`${origin}/readyz`, { signal })).ok;
}
