import 'reflect-metadata';
import { AssayError, type Identity, signIdentity } from '@assay/wire';
import { type ExecutionResult, parse } from 'graphql';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Subscription,
} from 'type-graphql';
import { expect, it, vi } from 'vitest';
import { createLog } from '../process/log.ts';
import { AddressScalar, BigIntScalar } from '../scalars/index.ts';
import { createSubgraph } from './create-subgraph.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = 'a secret of the test, long enough';

@ObjectType()
@Directive('@key(fields: "id")')
class Thing {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => BigIntScalar)
  readonly amount!: bigint;
}

@InputType()
@Directive('@oneOf')
class EitherInput {
  @Field(() => String, { nullable: true })
  readonly left?: string;

  @Field(() => String, { nullable: true })
  readonly right?: string;
}

let released = 0;

@Resolver()
class ThingResolver {
  @Query(() => Thing)
  thing(@Arg('id', () => ID) id: string) {
    if (id === 'typed')
      throw new AssayError('I104', { details: { id }, hint: 'Ask for another thing.' });
    if (id === 'broken') throw new Error('password=hunter2');
    return { id, amount: 2n ** 70n };
  }

  @Query(() => String)
  account(@Arg('address', () => AddressScalar) address: string) {
    return address;
  }

  @Query(() => String)
  either(@Arg('input', () => EitherInput) input: EitherInput) {
    return input.left ?? input.right;
  }

  @Query(() => String)
  caller(@Ctx() { identity }: { identity: Identity }) {
    return identity.requestId;
  }

  @Subscription(() => Thing, { subscribe: () => neverEnding() })
  things() {
    return { id: 'streamed', amount: 1n };
  }
}

/** One value, then silence until `return()`. */
function neverEnding(): AsyncIterableIterator<number> {
  const results = [{ done: false as const, value: 1 }];
  const silence = new Promise<IteratorResult<number>>(() => {});
  return {
    next: () => Promise.resolve(results.pop() ?? silence),
    return: () => {
      released += 1;
      return Promise.resolve({ done: true as const, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function setup() {
  const subgraph = await createSubgraph({
    name: 'models',
    resolvers: [ThingResolver],
    references: { Thing: ({ id }) => ({ id, amount: 5n }) },
    createContext: (identity) => ({ identity }),
    identitySecret: SECRET,
    log: createLog('test', 'silent'),
  });
  const identityHeader = signIdentity({ requestId: 'request-1' }, SECRET, Date.now());
  const ask = (query: string, variables: Record<string, unknown> = {}) =>
    subgraph.execute({ document: parse(query), variables, identityHeader });
  return { subgraph, ask, identityHeader };
}

const codeOf = (result: ExecutionResult) => result.errors?.[0]?.extensions;

it('answers entities by reference, with amounts above 2^64 as text', async () => {
  const { ask, subgraph } = await setup();
  expect(subgraph.sdl).toContain('@key(fields: "id")');
  const query =
    '{ _entities(representations: [{__typename:"Thing",id:"7"}]) { ... on Thing { id } }';
  expect(await ask(`${query} thing(id: "1") { amount } }`)).toMatchObject({
    data: { _entities: [{ id: '7' }], thing: { amount: '1180591620717411303424' } },
  });
});

it('keeps the facts of an AssayError and nothing of any other error', async () => {
  const { ask } = await setup();
  expect(codeOf(await ask('{ thing(id: "typed") { id } }'))).toEqual({
    code: 'NOT_FOUND',
    assayCode: 'I104',
    retryable: false,
    hint: 'Ask for another thing.',
    details: { id: 'typed' },
    docs: 'docs/ERRORS.md#i104',
  });
  const masked = await ask('{ thing(id: "broken") { id } }');
  expect(codeOf(masked)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', assayCode: 'G800' });
  expect(JSON.stringify(masked)).not.toContain('hunter2');
});

it('answers coercion errors of variables and literals as bad input', async () => {
  const { ask } = await setup();
  const variable = await ask('query ($a: Address!) { account(address: $a) }', { a: '0x12' });
  expect(codeOf(variable)).toMatchObject({ code: 'BAD_USER_INPUT', assayCode: 'I100' });
  const literal = await ask('{ account(address: "0x12") }');
  expect(codeOf(literal)).toMatchObject({ assayCode: 'I100' });
  const both = await ask('query ($i: EitherInput!) { either(input: $i) }', {
    i: { left: 'a', right: 'b' },
  });
  expect(codeOf(both)).toMatchObject({ code: 'BAD_USER_INPUT', assayCode: 'I100' });
});

it('refuses a missing and a forged identity header', async () => {
  const { subgraph, ask } = await setup();
  expect(await ask('{ caller }')).toMatchObject({ data: { caller: 'request-1' } });
  const forged = signIdentity({ requestId: 'x' }, 'another secret of this test', Date.now());
  for (const identityHeader of ['', forged]) {
    const refused = await subgraph.execute({ document: parse('{ caller }'), identityHeader });
    expect(codeOf(refused)).toMatchObject({ code: 'UNAUTHENTICATED', assayCode: 'G803' });
  }
});

it('releases the source of a subscription while it waits', async () => {
  const { subgraph, identityHeader } = await setup();
  const document = parse('subscription { things { id amount } }');
  const stream = await subgraph.subscribe({ document, identityHeader });
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
  const iterator = stream[Symbol.asyncIterator]();
  expect(await iterator.next()).toMatchObject({
    value: { data: { things: { id: 'streamed', amount: '1' } } },
  });
  const before = released;
  void iterator.next();
  await iterator.return?.();
  expect(released).toBe(before + 1);
});

it('answers an invalid subscription with typed errors', async () => {
  const { subgraph, identityHeader } = await setup();
  const document = parse('subscription { nothing }');
  const answer = (await subgraph.subscribe({ document, identityHeader })) as ExecutionResult;
  expect(codeOf(answer)).toMatchObject({ code: 'BAD_USER_INPUT', assayCode: 'I100' });
});
