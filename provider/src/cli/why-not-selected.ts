import { AssayError } from '@assay/wire';
import type { describeStatus } from '../supervisor/describe-status.ts';
import { askMarket, graphqlOf, type Marketplace } from './ask-market.ts';
import { localReasons } from './local-reasons.ts';
import { marketReasons } from './market-reasons.ts';
import type { MarketProvider } from './market-view.ts';
import { type Reason, rankReasons } from './reason.ts';
import { amountText, usd } from './show.ts';

type Status = ReturnType<typeof describeStatus>;

export interface WhyNot {
  readonly reasons: readonly Reason[];
  /** What each marketplace shows of it. */
  readonly standings: readonly Standing[];
  /** Marketplaces that could not be asked: of them only local facts are known. */
  readonly unasked: readonly { readonly host: string; readonly reason: string }[];
}

interface Standing {
  readonly host: string;
  readonly score: number | undefined;
  readonly trust: number | undefined;
  readonly stake: string | undefined;
  readonly unmatured: string | undefined;
}

/** Why jobs may not come, the weightiest first: from what is known here and what each marketplace shows everybody. */
export async function whyNotSelected(
  status: Status,
  marketplaces: readonly Marketplace[],
  ask: typeof askMarket = askMarket,
): Promise<WhyNot> {
  const models = status.models.map(({ modelId }) => modelId);
  const reasons: Reason[] = localReasons(status);
  const standings: Standing[] = [];
  const unasked: WhyNot['unasked'][number][] = [];
  for (const marketplace of marketplaces) {
    const graphql = graphqlOf(marketplace);
    const host = new URL(graphql).host;
    await ask(graphql, status.provider, models).then(
      (view) => {
        standings.push(standingOf(host, view.provider));
        for (const reason of marketReasons(view, status.provider))
          reasons.push(
            marketplaces.length > 1 ? { ...reason, why: `${host}: ${reason.why}` } : reason,
          );
      },
      (error: unknown) => unasked.push({ host, reason: whyOf(error) }),
    );
  }
  return { reasons: rankReasons(reasons), standings, unasked };
}

const whyOf = (error: unknown): string =>
  error instanceof AssayError ? String(error.details.reason) : 'no answer';

function standingOf(host: string, provider: MarketProvider | undefined): Standing {
  const { reputation, staking } = provider ?? {};
  return {
    host,
    score: reputation?.score,
    trust: reputation?.trust,
    stake: staking ? amountText(staking.own + staking.delegated, 18) : undefined,
    unmatured: staking ? usd(staking.unmatured) : undefined,
  };
}
