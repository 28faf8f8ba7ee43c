import { connectionOf, DateTimeScalar, listScope, parsePage } from '@assay/kit';
import { AssayError } from '@assay/wire';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Context } from './context.ts';
import { parseId } from './parse-id.ts';
import { toSessionType } from './session-types.ts';
import { StatementLineConnection, StatementType } from './statement-types.ts';

@Resolver(() => StatementType)
export class StatementResolver {
  @Query(() => StatementType)
  async statement(
    @Arg('sessionId', () => ID) sessionId: string,
    @Arg('from', () => DateTimeScalar) fromDate: Date,
    @Arg('to', () => DateTimeScalar) toDate: Date,
    @Ctx() { market, identity, statements }: Context,
  ): Promise<StatementType> {
    const id = parseId('sessionId', sessionId);
    const account = await market.session(id, identity);
    if (account === undefined) throw new AssayError('S404', { details: { sessionId: id } });
    const [from, to] = [fromDate.getTime(), toDate.getTime()];
    if (from > to)
      throw new AssayError('I100', { details: { field: 'from', reason: 'after `to`' } });
    const [entries, opening] = await Promise.all([
      statements.lines(id, from, to),
      statements.balanceBefore(id, from),
    ]);
    const closing = entries.at(-1)?.line.balance ?? opening;
    return { session: toSessionType(account), from, to, opening, closing, entries };
  }

  @FieldResolver(() => StatementLineConnection)
  lines(
    @Root() { session, from, to, entries }: StatementType,
    @Arg('first', () => Int, { nullable: true }) first: number | undefined,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
  ) {
    const scope = listScope('statement', session.id, from, to);
    const page = parsePage(scope, { first, after });
    const start =
      page.after === undefined
        ? 0
        : entries.findIndex(({ cursor }) => cursor === page.after?.id) + 1;
    const nodes = entries
      .slice(start, start + page.first + 1)
      .map(({ cursor, line }) => ({ ...line, position: { key: line.at, id: cursor } }));
    return connectionOf(scope, page, nodes, (node) => node.position);
  }
}
