import type { Finding } from '../../bundle/scan-graph.ts';

/** One line per finding, refusals first. */
export function printFindings(findings: readonly Finding[]): void {
  const refusalsFirst = findings.toSorted((a, b) => a.severity.localeCompare(b.severity));
  for (const { severity, rule, detail } of refusalsFirst)
    console.log(`  ${severity === 'refuse' ? '✗' : '!'} ${rule}: ${detail}`);
}
