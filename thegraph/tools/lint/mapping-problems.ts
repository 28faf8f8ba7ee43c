const FORBIDDEN: readonly [RegExp, string][] = [
  [/\.bind\(|ethereum\.call\(|\btry_(?!fromBytes)\w+\(/, 'asks a contract; put it into the event'],
  [/\bipfs\.|\bens\./, 'reads what is not on the chain'],
  [/log\.critical\(/, 'ends the subgraph'],
  [/toHexString\(\)\s*[+.]|\+\s*'-'\s*\+/, 'builds an id of strings; concat bytes'],
  [/\b\w+\.(?!data\b)\w+\.push\(/, 'grows a stored list'],
  [/^(export )?let /m, 'keeps state between events; each runs in a module of its own'],
  [/\.to(I64|U64|F64|BigInt)\(\)/, 'ends the subgraph on a number of another form; use digitsOf'],
  [/\bassert\(/, 'ends the subgraph'],
];

/** What in a mapping's source breaks our rules. */
export function mappingProblems(file: string, source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/[^\n]*/g, '');
  return FORBIDDEN.filter(([pattern]) => pattern.test(code)).map(([, why]) => `${file}: ${why}`);
}

/** Handlers that the manifest names and no mapping exports, and the other way round. */
export function handlerProblems(named: readonly string[], sources: readonly string[]): string[] {
  const exported = sources.flatMap((source) =>
    [...source.matchAll(/^export function (handle\w+)/gm)].map(([, name]) => name ?? ''),
  );
  const seen = new Set<string>();
  const doubled = exported.filter((name) => seen.size === seen.add(name).size);
  return [
    ...named
      .filter((name) => !exported.includes(name))
      .map((name) => `${name} is exported nowhere`),
    ...exported.filter((name) => !named.includes(name)).map((name) => `${name} is never called`),
    ...doubled.map((name) => `${name} is exported twice`),
  ];
}
