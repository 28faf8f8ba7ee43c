import type { Address, FrameMeta } from '@assay/wire';
import { askChallenge } from '../link/ask-challenge.ts';
import type { LoadedConfig } from '../load-config.ts';
import { askWhose, graphqlOf } from './ask-market.ts';
import type { Finding, Visit } from './doctor-finding.ts';
import { doctorReason } from './doctor-reason.ts';

const SKEW_MS = 5_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

type Marketplace = LoadedConfig['marketplaces'][number];

/** Whether each marketplace answers, is of our network, tells our time, and can be asked by `status`. */
export async function checkMarketplaces({ config, add }: Visit): Promise<void> {
  for (const marketplace of config.marketplaces) {
    const { protocol, hostname, host } = new URL(marketplace.url);
    const subject = `marketplace ${host}`;
    if (protocol === 'ws:' && !LOOPBACK.test(hostname))
      add({
        verdict: 'warn',
        subject: `link to ${host}`,
        found: 'ws:// carries prompts and outputs in the clear',
        fix: 'Use the marketplace’s wss:// address.',
      });
    await askChallenge(marketplace.url).then(
      async (challenge) => {
        add(judgeChallenge(challenge, subject, { config, gateway: marketplace.gateway }));
        add(judgeClock(Date.now() - challenge.time));
        add(await findGraphql(marketplace, challenge.gateway));
      },
      (error: unknown) => add(unreachable(error, subject)),
    );
  }
}

/** Jobs come without it; `status` needs it to say why they do not. */
async function findGraphql(marketplace: Marketplace, gateway: Address): Promise<Finding> {
  const graphql = graphqlOf(marketplace);
  const subject = `GraphQL ${new URL(graphql).host}`;
  const lost = (found: string): Finding => ({
    ...{ verdict: 'warn', subject, found },
    fix: 'Set marketplaces[].graphql to the marketplace’s public GraphQL address: `status` asks there why no jobs come.',
  });
  return askWhose(graphql).then(
    (found) =>
      found === gateway
        ? { verdict: 'ok', subject, found: `answers for gateway ${found}` }
        : lost(`answers for gateway ${found}, not for ${gateway}`),
    (error: unknown) => lost(doctorReason(error)),
  );
}

const unreachable = (error: unknown, subject: string): Finding => ({
  verdict: 'fail',
  subject,
  found: doctorReason(error),
  fix: 'Check the url, the network and the firewall; only outgoing connections are needed.',
});

export function judgeClock(skew: number): Finding {
  const [subject, found] = ['clock', `${skew} ms off the gateway’s`];
  return Math.abs(skew) > SKEW_MS
    ? {
        verdict: 'fail',
        subject,
        found,
        fix: 'Set the time: turn NTP on (timedatectl set-ntp true).',
      }
    : { verdict: 'ok', subject, found };
}

function judgeChallenge(
  challenge: FrameMeta<'challenge'>,
  subject: string,
  { config, gateway }: { config: LoadedConfig; gateway: Marketplace['gateway'] | Address },
): Finding {
  const { chainId, contracts } = config.chain.deployment;
  if (challenge.chainId !== chainId || challenge.escrow !== contracts.SessionEscrow)
    return {
      verdict: 'fail',
      subject,
      found: `chain ${challenge.chainId}, escrow ${challenge.escrow}`,
      fix: 'The marketplace is of another network than chain.deployment: use the right one of either.',
    };
  if (gateway !== undefined && gateway !== challenge.gateway)
    return {
      verdict: 'fail',
      subject,
      found: `gateway ${challenge.gateway}`,
      fix: 'Correct marketplaces[].gateway, if you trust this one.',
    };
  return { verdict: 'ok', subject, found: `gateway ${challenge.gateway}` };
}
