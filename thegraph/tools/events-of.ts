import { EventFragment, type JsonFragment } from 'ethers';

/** The ABI of all events that Solidity sources declare, sorted by name so that it never changes by accident. */
export function eventsOf(sources: readonly string[]): JsonFragment[] {
  const code = sources.map(withoutComments);
  const enums = new Set(
    code.flatMap((text) => [...text.matchAll(/\benum (\w+)/g)].map((m) => m[1])),
  );
  return code
    .flatMap((text) => [...text.matchAll(/\bevent (\w+\s*\([^)]*\))\s*(?:anonymous)?\s*;/g)])
    .map(([, signature = '']) => EventFragment.from(`event ${resolve(signature, enums)}`))
    .map((event) => JSON.parse(event.format('json')) as JsonFragment)
    .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\/\/[^\n]*/g, ' ');

/** An enum is a uint8 in the ABI. */
function resolve(signature: string, enums: ReadonlySet<string | undefined>): string {
  return signature
    .replace(/\s+/g, ' ')
    .replace(/\b[A-Z]\w*(?= )/g, (word) => (enums.has(word) ? 'uint8' : word));
}
