import { amountText, type Grant, type Hex, type Policy } from '@assay/wire';
import { z } from 'zod';
import {
  type Hold,
  heldOf,
  type OfferAccount,
  type RememberedKey,
  SESSION_STATUSES,
  type SessionAccount,
} from '../../settlement/session-account.ts';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/.test(value));
const amount = amountText.transform(BigInt);

const grantSchema = z.object({
  payer: hex,
  key: hex,
  gateway: hex,
  gatewayFeePpm: z.number(),
  expiresAt: amount,
  withdrawDelay: z.number(),
  policy: hex,
  salt: hex,
});
const policySchema = z.object({
  maxPerJob: amount,
  maxPerPeriod: amount,
  periodSeconds: z.number(),
  models: z.array(hex),
});
const receipts = z.array(z.object({ digest: hex, cumulative: amount }));
const offerSchema = z.object({
  owed: amount,
  due: receipts,
  unacked: receipts,
  payment: z
    .object({ cumulative: amount, signature: hex, guarantee: hex, receipts: hex })
    .optional(),
  dueSince: z.number().optional(),
});
const holdSchema = z.object({ amount, at: z.number(), tickets: z.array(hex) });
const rememberedSchema = z.object({ jobId: hex, intentHash: hex });
const stateSchema = z.object({
  version: z.coerce.number().int(),
  grant: z.string().transform((text) => grantSchema.parse(JSON.parse(text))),
  policy: z
    .string()
    .optional()
    .transform((text) => (text ? policySchema.parse(JSON.parse(text)) : undefined)),
  hosted: z.enum(['0', '1']).transform((flag) => flag === '1'),
  status: z.enum(SESSION_STATUSES),
  deposit: amount,
  spent: amount,
  periodStart: z.coerce.number(),
  periodSpent: amount,
});

type TextMap = Readonly<Record<string, string>>;

/** What Redis holds of one session, as four hashes. */
export interface StoredAccount {
  readonly state: TextMap;
  readonly offers: TextMap;
  readonly holds: TextMap;
  readonly idempotency: TextMap;
}

const bigintText = (_: string, value: unknown) =>
  typeof value === 'bigint' ? value.toString() : value;
export const toJson = (value: unknown): string => JSON.stringify(value, bigintText);

const parseAll = <T>(map: TextMap, schema: z.ZodType<T>): Map<Hex, T> =>
  new Map(Object.entries(map).map(([key, text]) => [key as Hex, schema.parse(JSON.parse(text))]));

/** Parses what Redis holds; throws where it is not ours. */
export function decodeAccount(
  sessionId: Hex,
  stored: StoredAccount,
): { version: number; account: SessionAccount } {
  const { version, periodStart, periodSpent, ...state } = stateSchema.parse(stored.state);
  const account: SessionAccount = {
    sessionId,
    ...state,
    grant: state.grant satisfies Grant,
    policy: state.policy satisfies Policy | undefined,
    period: { startedAt: periodStart, spent: periodSpent },
    holds: parseAll<Hold>(stored.holds, holdSchema),
    offers: new Map(
      [...parseAll(stored.offers, offerSchema)].map(([id, offer]): [Hex, OfferAccount] => [
        id,
        { ...offer, payment: offer.payment, dueSince: offer.dueSince },
      ]),
    ),
    idempotency: parseAll<RememberedKey>(stored.idempotency, rememberedSchema),
  };
  return { version, account };
}

/** What was agreed when the session was opened. */
export function encodeTerms({ grant, policy }: SessionAccount): Record<string, string> {
  return { grant: toJson(grant), policy: policy === undefined ? '' : toJson(policy) };
}

/** The session's figures; amounts as text, because Redis and Lua count in doubles. */
export function encodeState(account: SessionAccount): Record<string, string> {
  return {
    hosted: account.hosted ? '1' : '0',
    status: account.status,
    deposit: `${account.deposit}`,
    spent: `${account.spent}`,
    held: `${heldOf(account)}`,
    periodStart: `${account.period.startedAt}`,
    periodSpent: `${account.period.spent}`,
  };
}
