import { HexScalar } from '@assay/kit';
import { AssayError, type Grant, type Hex, type Policy, policyHash } from '@assay/wire';
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { voucherDueOf } from '../dispatch/voucher-due.ts';
import { days } from '../domain/durations.ts';
import { forecastSpending } from '../domain/forecast.ts';
import { freeOf } from '../settlement/session-account.ts';
import type { Context } from './context.ts';
import { parseId } from './parse-id.ts';
import {
  AuthorizationInput,
  ForecastType,
  GrantInput,
  OpenedSessionType,
  SessionType,
  toSessionType,
} from './session-types.ts';
import { VoucherDue } from './voucher-types.ts';

@Resolver(() => SessionType)
export class SessionResolver {
  @Query(() => SessionType, { nullable: true })
  async session(@Arg('id', () => ID) id: string, @Ctx() { market, identity }: Context) {
    const account = await market.session(parseId('id', id), identity);
    return account && toSessionType(account);
  }

  @Mutation(() => OpenedSessionType, {
    description:
      'Relays the grant; the gateway pays the gas. Returns no secret: the bearer token is the preimage of grant.salt (sha256).',
  })
  async openSession(
    @Arg('grant', () => GrantInput) grant: GrantInput,
    @Arg('authorization', () => AuthorizationInput) authorization: AuthorizationInput,
    @Ctx() { market }: Context,
  ) {
    const { terms, policy } = parseGrant(grant);
    const { account, transaction } = await market.openSession(terms, policy, authorization);
    return { session: toSessionType(account), transaction };
  }

  @Mutation(() => OpenedSessionType)
  async topUpSession(
    @Arg('sessionId', () => ID) sessionId: string,
    @Arg('salt', () => HexScalar) salt: Hex,
    @Arg('authorization', () => AuthorizationInput) authorization: AuthorizationInput,
    @Ctx() { market }: Context,
  ) {
    const id = parseId('sessionId', sessionId);
    const opened = await market.topUpSession(id, parseId('salt', salt), authorization);
    return { session: toSessionType(opened.account), transaction: opened.transaction };
  }

  @Mutation(() => SessionType)
  async closeSession(
    @Arg('id', () => ID) id: string,
    @Arg('signature', () => HexScalar) signature: Hex,
    @Ctx() { market }: Context,
  ) {
    return toSessionType(await market.closeSession(parseId('id', id), signature));
  }

  @FieldResolver(() => [VoucherDue], { description: 'What a self-custody key still has to sign.' })
  owed(@Root() { account }: SessionType) {
    return voucherDueOf(account);
  }

  @FieldResolver(() => ForecastType, { nullable: true })
  async forecast(@Root() { account }: SessionType, @Ctx() { statements }: Context) {
    const now = Date.now();
    const entries = await statements.lines(account.sessionId, now - days(7), now);
    const lines = entries.map(({ line }) => line);
    return forecastSpending(lines, { free: freeOf(account), now }) ?? null;
  }
}

/** The grant as it is hashed: its policy by digest. Throws S400 where it cannot be hashed. */
function parseGrant({ policy: input, ...rest }: GrantInput): { terms: Grant; policy: Policy } {
  const policy: Policy = {
    maxPerJob: input.maxPerJob,
    maxPerPeriod: input.maxPerPeriod,
    periodSeconds: input.periodSeconds,
    models: input.models.map((id) => parseId('grant.policy.models', id)),
  };
  const salt = parseId('grant.salt', rest.salt);
  try {
    return { terms: { ...rest, salt, policy: policyHash(policy) }, policy };
  } catch (cause) {
    throw new AssayError('S400', { cause, details: { field: 'policy', reason: String(cause) } });
  }
}
