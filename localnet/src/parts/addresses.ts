import { claimPort } from '../processes/free-port.ts';

export const SUBGRAPHS = ['models', 'providers', 'jobs', 'reputation'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

export interface Place {
  readonly port: number;
  readonly origin: string;
}

/** Where the parts will listen; chosen before they start, so that those that need each other can start together. */
export interface Addresses {
  readonly gateway: Place;
  /** Only where each subgraph is its own process. */
  readonly subgraphs: Readonly<Record<SubgraphName, Place>> | undefined;
  readonly index: Place;
  /** The provider link: on the jobs server, which the gateway is when it embeds the subgraphs. */
  readonly providerLink: string;
}

export async function chooseAddresses(options: {
  distributed: boolean;
  port: number | undefined;
}): Promise<Addresses> {
  const gateway = await place('gateway', options.port);
  const index = await place('graph-node');
  const subgraphs = options.distributed ? await placeSubgraphs() : undefined;
  const host = subgraphs?.jobs ?? gateway;
  return {
    gateway,
    index,
    subgraphs,
    providerLink: `${host.origin.replace('http', 'ws')}/provider`,
  };
}

async function placeSubgraphs(): Promise<Record<SubgraphName, Place>> {
  const places = SUBGRAPHS.map(async (name) => [name, await place(`${name} subgraph`)] as const);
  return Object.fromEntries(await Promise.all(places)) as Record<SubgraphName, Place>;
}

async function place(name: string, wished?: number): Promise<Place> {
  const port = await claimPort(name, wished);
  return { port, origin: `http://127.0.0.1:${port}` };
}
