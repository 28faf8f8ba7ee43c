import { deploymentSchema } from '@assay/wire';
import { z } from 'zod';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'a 0x address of 20 bytes')
  .transform((value) => value.toLowerCase() as `0x${string}`);
const hex32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'lower-case 0x hex of 32 bytes')
  .transform((value) => value as `0x${string}`);
/** An amount in base units, as text, since JSON has no big integers. */
const amount = z
  .string()
  .regex(/^[0-9]{1,38}$/, 'a whole number of base units, as text')
  .transform((value) => BigInt(value));
const seconds = z.number().int().min(1);

/** One secret key: an encrypted ethers keystore, or (local networks) a file of mode 0600 with the plain hex. */
const keySchema = z.union([
  z
    .object({
      keystoreFile: z.string().min(1),
      /** Without it the password is read from ASSAY_KEYSTORE_PASSWORD. */
      passwordFile: z.string().min(1).optional(),
    })
    .strict(),
  z.object({ privateKeyFile: z.string().min(1) }).strict(),
]);
export type KeyConfig = z.infer<typeof keySchema>;

const modelSchema = z
  .object({
    /** Where the files come from: a directory (relative to this file), `npm:<package>[/<folder>]` or an http(s) URL. */
    bundle: z.string().min(1),
    /** The id on chain, or the publisher it is computed from together with the manifest's hash. */
    modelId: hex32.optional(),
    publisher: address.optional(),
    /** Payment units for one metering unit while idle. */
    price: amount,
    /** What the offer on chain allows at most. Default: four times the price. */
    priceCeiling: amount.optional(),
    /** How far the live price rises with load: price x (1 + surge x load), never above the ceiling. */
    surge: z.number().min(0).max(10).default(0),
    /** Name of the execution class served; default: the manifest's first class that this machine can serve. */
    execClass: z.string().min(3).max(120).optional(),
    offerValidSeconds: seconds.default(30 * 86_400),
  })
  .strict()
  .refine((model) => model.modelId !== undefined || model.publisher !== undefined, {
    message: 'give modelId or publisher',
  });
export type ModelConfig = z.infer<typeof modelSchema>;

const marketplaceSchema = z
  .object({
    /** The provider link of a marketplace, e.g. `wss://market.example/provider`. */
    url: z.url({ protocol: /^wss?$/ }),
    /** Only this gateway is served there; without it whoever proves to run the address. */
    gateway: address.optional(),
    /** Where it answers GraphQL, for `status`; default: `/graphql` beside the link. */
    graphql: z.url({ protocol: /^https?$/ }).optional(),
  })
  .strict();

const creditSchema = z
  .object({
    /** Payment units of work done ahead of vouchers, per session over all offers. */
    maxUnvouchered: amount.prefault('50000'),
    maxUnvoucheredJobs: z.number().int().min(1).default(50),
    /** Receipts older than this without a voucher are written off and no longer stop a session. */
    forgiveAfterSeconds: seconds.default(3_600),
    /** Payment units vouched but not yet claimed, and worked for without a voucher, per gateway over all its sessions. */
    maxUnclaimedPerGateway: amount.prefault('50000000'),
    /** A session counts as funded once `open` is this deep; before that only the credit applies. */
    confirmations: z.number().int().min(0).default(1),
    /** How long facts of a session read from the chain are trusted. */
    sessionTtlSeconds: seconds.default(15),
  })
  .strict();

const settlementSchema = z
  .object({
    /** How often claims are considered. */
    claimEverySeconds: z.number().min(0.2).default(60),
    /** Never claim less than this many payment units, except from closing sessions. */
    minClaim: amount.prefault('10000'),
    /** Claim when the value is at least this many times its gas. */
    gasFactor: z.number().min(0).default(20),
    /** Payment units that one ether of gas costs, to compare gas with value. */
    paymentUnitsPerEther: amount.prefault('3000000000'),
    /** Claim whatever its size once a voucher waited this long. */
    maxAgeSeconds: seconds.default(86_400),
    /** Withdraw matured earnings to the payout address when they exceed this; 0 never. */
    autoWithdrawAbove: amount.prefault('0'),
  })
  .strict();

const liveGrid = {
  /** Where the number is in a JSON answer, such as `data.0.intensity.actual`; without it the answer is a bare number. */
  field: z.string().min(1).max(200).optional(),
  everySeconds: z.number().int().min(10).default(300),
};
/** Grams of CO2 per kWh from an HTTP address, or from what a program prints. */
const gridSchema = z.union([
  z.object({ url: z.url({ protocol: /^https?$/ }), ...liveGrid }).strict(),
  z.object({ command: z.tuple([z.string().min(1)], z.string()), ...liveGrid }).strict(),
]);

export const configSchema = z
  .object({
    /** Where the journal, receipts, vouchers and bundles live. Relative paths start at the config file's directory. */
    dataDir: z.string().min(1).default('./data'),
    chain: z
      .object({
        /** Tried in order; the next one when one fails or stalls. */
        rpcUrls: z
          .array(z.url({ protocol: /^https?$/ }))
          .min(1)
          .max(8),
        /** Deployment file written by the contracts' deploy script, or its content. */
        deployment: z.union([z.string().min(1), deploymentSchema]),
        timeoutMs: z.number().int().min(100).default(5_000),
        /** How often the chain is asked for new blocks and events. */
        pollMs: z.number().int().min(100).default(4_000),
      })
      .strict(),
    keys: z
      .object({
        /** The provider's (owner's) address; default: whoever registered the receipt key on chain. */
        provider: address.optional(),
        /** The hot key: signs receipts, refusals and hellos, and pays the gas of claims. */
        receiptKey: keySchema,
        /** The cold key. Better not here: register, stake, thaw and unstake take --owner-key-file, and `start` reads none. */
        ownerKey: keySchema.optional(),
      })
      .strict(),
    marketplaces: z
      .array(marketplaceSchema)
      .min(1)
      .max(16)
      .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, {
        message: 'name each marketplace once',
      }),
    models: z.array(modelSchema).min(1).max(64),
    runtime: z
      .object({
        /** Where models run. The class of a GPU names the device, as in `onnxruntime-1.30.0/cuda/nvidia-a10g-fp32/all`. */
        executionProvider: z.enum(['cpu', 'cuda', 'tensorrt', 'webgpu']).default('cpu'),
        optimisation: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
        /** TensorFloat-32 changes results: only where the execution class says so. */
        tf32: z.boolean().default(false),
        /** GPUs to spread the children over, by number; default: the first one. */
        deviceIds: z.array(z.number().int().min(0).max(63)).max(16).default([]),
      })
      .strict()
      .prefault({}),
    slots: z
      .object({
        /** How many children compute at once; one per core, or one per GPU. */
        count: z.number().int().min(1).max(256).default(1),
        spare: z.number().int().min(0).max(8).default(1),
        /** What one model may ask for in its manifest's peakMemoryBytes; each child is held to what its model asks for. */
        maxMemoryBytes: z
          .number()
          .int()
          .min(16 * 1024 ** 2)
          .default(4 * 1024 ** 3),
        /** Jobs that may wait per model before new ones are refused. */
        maxQueue: z.number().int().min(1).max(10_000).default(256),
        /** What inputs and outputs of all jobs may take in the supervisor's memory; each marketplace has an equal share. */
        maxBufferedBytes: z
          .number()
          .int()
          .min(16 * 1024 ** 2)
          .default(512 * 1024 ** 2),
      })
      .strict()
      .prefault({}),
    credit: creditSchema.prefault({}),
    settlement: settlementSchema.prefault({}),
    registration: z
      .object({
        region: z.string().min(1).max(64).default('unknown'),
        /** Where earnings go; default: the owner. */
        payout: address.optional(),
        /** Own stake to hold, in base units of the stake token (18 decimals). */
        stake: amount.prefault('1000000000000000000000'),
        /** Wei kept on the receipt key so that it can pay for claims. */
        gasForReceiptKey: amount.prefault('50000000000000000'),
      })
      .strict()
      .prefault({}),
    http: z
      .object({
        host: z.string().min(1).default('127.0.0.1'),
        /** `/metrics`, `/healthz`, `/status`; 0 takes a free port (see `<dataDir>/http.port`). */
        port: z.number().int().min(0).max(65_535).default(0),
      })
      .strict()
      .prefault({}),
    energy: z
      .object({
        method: z.enum(['auto', 'rapl', 'nvidia-smi', 'off']).default('auto'),
        /** Grams of CO2 per kWh; default: the static table's value for the region. */
        gridGramsPerKwh: z.number().min(0).max(2_000).optional(),
        /** Who knows the grams now; until it answers and while it does not, the number or the table. */
        grid: gridSchema.optional(),
      })
      .strict()
      .prefault({}),
    retention: z
      .object({
        /** How long inputs and outputs of receipted jobs are kept, encrypted; at least the dispute window. 0 keeps none. */
        seconds: z
          .number()
          .int()
          .min(0)
          .default(5 * 86_400),
        maxBytes: z
          .number()
          .int()
          .min(0)
          .default(10 * 1024 ** 3),
        /** Where the vault's own key lies; default: `<dataDir>/vault.key`. Made at the first start. */
        keyFile: z.string().min(1).optional(),
      })
      .strict()
      .prefault({}),
    disputes: z
      .object({
        /** Serve as a juror when drawn; votes are sent with the receipt key. */
        juror: z.boolean().default(true),
        /** More HTTP places where evidence is exchanged, besides the marketplaces: `PUT` and `GET {url}/{ticket}`. */
        evidenceUrls: z
          .array(z.url({ protocol: /^https?$/ }))
          .max(8)
          .default([]),
      })
      .strict()
      .prefault({}),
    hardware: z.string().max(200).optional(),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .strict();

export type ProviderConfig = z.infer<typeof configSchema>;
export type ProviderConfigInput = z.input<typeof configSchema>;
