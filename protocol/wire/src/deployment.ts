import { z } from 'zod';
import { lowerAddress } from './bytes.ts';

const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform(lowerAddress);

export const CONTRACT_NAMES = [
  'TestUSD',
  'AssayToken',
  'Staking',
  'ModelRegistry',
  'ProviderRegistry',
  'SessionEscrow',
  'DisputeManager',
  'Timelock',
] as const;
export type ContractName = (typeof CONTRACT_NAMES)[number];

/** Where Assay's contracts live on a chain; written by the deployment, read by everything else. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  deployBlock: z.number().int().nonnegative(),
  contracts: z
    .object(
      Object.fromEntries(CONTRACT_NAMES.map((name) => [name, addressSchema])) as Record<
        ContractName,
        typeof addressSchema
      >,
    )
    .loose(),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** `.localnet/network.json`: all that a client of a local network needs. */
export const networkSchema = z.object({
  graphql: z.url(),
  graphqlWs: z.url(),
  rest: z.url(),
  providerLink: z.url(),
  chainRpc: z.url(),
  chainId: z.number(),
  indexGraphql: z.url(),
  redisUrl: z.url(),
  gateway: addressSchema,
  hostedKey: addressSchema,
  contracts: z.record(z.string(), addressSchema),
  models: z.record(z.string(), z.string()),
  providers: z.array(addressSchema),
  demo: z.object({ payerPrivateKey: z.string() }),
});
export type Network = z.infer<typeof networkSchema>;
