import { EventFragment, type JsonFragment } from 'ethers';
import { parse } from 'yaml';
import { z } from 'zod';

/** Disputes reach back at most this far: 90 days of 250 ms blocks. */
const LEAST_HISTORY = 31_104_000;

const manifestSchema = z.object({
  specVersion: z.string(),
  features: z.array(z.string()).optional(),
  graft: z.unknown().optional(),
  templates: z.unknown().optional(),
  indexerHints: z.object({ prune: z.union([z.string(), z.number()]) }).optional(),
  dataSources: z.array(
    z.object({
      name: z.string(),
      source: z.object({ startBlock: z.number().optional() }),
      mapping: z.object({
        apiVersion: z.string(),
        blockHandlers: z.unknown().optional(),
        callHandlers: z.unknown().optional(),
        eventHandlers: z.array(
          z.object({
            event: z.string(),
            handler: z.string(),
            calls: z.unknown().optional(),
          }),
        ),
      }),
    }),
  ),
});

type Manifest = z.infer<typeof manifestSchema>;

/** What in the manifest breaks our rules, or leaves an event of the given ABIs unindexed. */
export function manifestProblems(
  source: string,
  abis: Readonly<Record<string, readonly JsonFragment[]>>,
): string[] {
  const manifest = manifestSchema.parse(parse(source));
  return [
    ...headProblems(manifest),
    ...manifest.dataSources.flatMap((dataSource) => sourceProblems(dataSource)),
    ...Object.entries(abis).flatMap(([name, abi]) => coverageProblems(manifest, name, abi)),
  ];
}

function headProblems(manifest: Manifest): string[] {
  const prune = manifest.indexerHints?.prune;
  const keepsHistory = prune === 'never' || (typeof prune === 'number' && prune >= LEAST_HISTORY);
  return [
    ...(atLeast(manifest.specVersion, '1.3.0') ? [] : ['specVersion is below 1.3.0']),
    ...(keepsHistory ? [] : [`prune is ${prune}; disputes need never, or ${LEAST_HISTORY} blocks`]),
    ...(manifest.graft === undefined ? [] : ['a released manifest grafts nothing']),
    ...(manifest.templates === undefined ? [] : ['templates are not used']),
    ...(manifest.features ?? []).map((feature) => `feature ${feature} is not portable`),
  ];
}

function sourceProblems({ name, source, mapping }: Manifest['dataSources'][number]): string[] {
  return [
    ...(source.startBlock === undefined ? [`${name}: no startBlock`] : []),
    ...(mapping.apiVersion === '0.0.9' ? [] : [`${name}: apiVersion is not 0.0.9`]),
    ...(mapping.blockHandlers === undefined ? [] : [`${name}: block handlers slow everything`]),
    ...(mapping.callHandlers === undefined ? [] : [`${name}: call handlers need traces`]),
    ...mapping.eventHandlers.flatMap((each) =>
      each.calls === undefined ? [] : [`${name}: ${each.handler} calls contracts`],
    ),
  ];
}

function coverageProblems(manifest: Manifest, name: string, abi: readonly JsonFragment[]) {
  const handled = manifest.dataSources.find((each) => each.name === name)?.mapping.eventHandlers;
  if (!handled) return [`${name}: no data source`];
  const signatures = new Set(handled.map(({ event }) => event.replaceAll(/\s+/g, ' ')));
  const declared = abi.map((fragment) => signatureOf(EventFragment.from(fragment)));
  return [
    ...declared
      .filter((event) => !signatures.has(event))
      .map((event) => `${name}: unhandled ${event}`),
    ...[...signatures]
      .filter((event) => !declared.includes(event))
      .map((event) => `${name}: no such event ${event}`),
  ];
}

/** As manifests write it: `Staked(indexed address,uint256)`. */
function signatureOf(event: EventFragment): string {
  const inputs = event.inputs.map(({ indexed, type }) => (indexed ? `indexed ${type}` : type));
  return `${event.name}(${inputs.join(',')})`;
}

function atLeast(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) >= 0;
}
