import { AssayError, type Datatype, type Hex } from '@assay/wire';
import type { ExecutionResult } from 'graphql';
import type { Federation } from '../../federation/create-federation.ts';

export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

export interface ModelFacts {
  readonly id: Hex;
  readonly name: string;
  readonly version: string;
  readonly task: string;
  readonly publisher: string;
  readonly deprecated: boolean;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** Models as the edges name them. */
export interface ModelCatalogue {
  /** By id, or by name with or without a version. Throws I104 where no model, or more than one publisher's, fits. */
  find(reference: string, version?: string): Promise<ModelFacts>;
  list(): Promise<readonly ModelFacts[]>;
  /** Whether a provider serves it now. */
  isLive(id: Hex): Promise<boolean>;
}

const FIELDS = `id name version task publisher deprecated
  inputs { name datatype shape } outputs { name datatype shape }`;
const BY_ID = `query ($id: ID!) { model(id: $id) { ${FIELDS} } }`;
const BY_TEXT = `query ($filter: ModelFilter) { models(filter: $filter, first: 100) { edges { node { ${FIELDS} } } } }`;

const LIVE_OFFERS =
  'query ($id: ID!) { model(id: $id) { offers(first: 100) { edges { node { livePrice } } } } }';

const KEEP_MS = 5_000;
const KEEP_AT_MOST = 1_000;

/** Asks the supergraph, and remembers each answer for five seconds. */
export function createModelCatalogue(federation: Pick<Federation, 'run'>): ModelCatalogue {
  const known = new Map<string, { until: number; facts: Promise<readonly ModelFacts[]> }>();

  async function ask<T>(query: string, variables: Record<string, unknown>): Promise<T> {
    const caller = { requestId: 'catalogue' };
    const context = { caller, peer: 'gateway', internal: true };
    const answer = (await federation.run({ query, variables }, context)) as ExecutionResult;
    const [fault] = answer.errors ?? [];
    if (fault !== undefined) throw new AssayError('G805', { details: { reason: fault.message } });
    return (answer.data ?? {}) as T;
  }

  function remember(key: string, load: () => Promise<readonly ModelFacts[]>) {
    const now = Date.now();
    const kept = known.get(key);
    if (kept !== undefined && kept.until > now) return kept.facts;
    if (known.size >= KEEP_AT_MOST) known.clear();
    const facts = load();
    known.set(key, { until: now + KEEP_MS, facts });
    facts.catch(() => known.delete(key));
    return facts;
  }

  const byId = async (id: string) => {
    const { model } = await ask<{ model?: ModelFacts | null }>(BY_ID, { id: id.toLowerCase() });
    return model ? [model] : [];
  };
  const byText = async (text?: string) => {
    const { models } = await ask<{ models?: { edges: { node: ModelFacts }[] } }>(
      BY_TEXT,
      text === undefined ? {} : { filter: { text } },
    );
    return (models?.edges ?? []).map(({ node }) => node).filter(({ deprecated }) => !deprecated);
  };

  return {
    list: () => remember('', () => byText()),
    async isLive(id) {
      const { model } = await ask<{
        model?: { offers: { edges: { node: { livePrice: string | null } }[] } } | null;
      }>(LIVE_OFFERS, { id });
      return (model?.offers.edges ?? []).some(({ node }) => node.livePrice !== null);
    },
    async find(reference, version) {
      const isId = /^0x[0-9a-f]{64}$/i.test(reference);
      const [name = '', tag = version] = isId ? [reference] : reference.split('@');
      const found = await remember(name, () => (isId ? byId(name) : byText(name)));
      const named = isId ? found : found.filter((model) => model.name === name);
      return chooseModel(
        reference,
        tag === undefined ? named : named.filter((m) => m.version === tag),
      );
    },
  };
}

/** A name alone must not let one publisher take another's jobs. */
function chooseModel(reference: string, found: readonly ModelFacts[]): ModelFacts {
  const newest = found.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  if (newest === undefined) throw new AssayError('I104', { details: { model: reference } });
  if (found.some(({ publisher }) => publisher !== newest.publisher)) {
    throw new AssayError('I104', {
      details: { model: reference, candidates: found.map(({ id }) => id) },
      hint: 'Several publishers use this name: ask for one of details.candidates by its id.',
    });
  }
  return newest;
}

const compareVersions = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });
