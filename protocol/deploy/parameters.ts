/** Everything about a deployment that is not code. Seconds, parts per million, and token units. */
export interface DeployParameters {
  /** An ERC-20 with ERC-3009; a TestUSD is deployed where it is absent. */
  readonly paymentToken?: string;
  /** Who may propose to the timelock and receives the stake token's supply; the deployer where absent. */
  readonly governor?: string;
  readonly guardian?: string;
  readonly treasury?: string;
  readonly stakeSupply: bigint;
  readonly timelockDelay: number;
  /** Floor under every window, thaw aside, for the life of the deployment. */
  readonly minWindow: number;
  readonly minThawPeriod: number;
  /** Added to evidence age and windows in what every thaw must exceed. */
  readonly thawMargin: number;
  readonly staking: { minStake: bigint; minDelegation: bigint; thawPeriod: number };
  readonly escrow: {
    protocolFeePpm: number;
    minDeposit: bigint;
    minWithdrawDelay: number;
    earningsWindow: number;
    bondThaw: number;
  };
  readonly disputes: {
    evidenceAge: number;
    commitWindow: number;
    revealWindow: number;
    conflictCooldown: number;
    conflictSlashPpm: number;
    wrongOutputSlashPpm: number;
    rewardPpm: number;
    drawDelay: number;
    committeeSize: number;
    disputeBond: bigint;
    jurorFee: bigint;
  };
  /** Accounts of a local network that start with tokens. */
  readonly fund: { accounts: readonly string[]; paymentTokens: bigint; stakeTokens: bigint };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ASSAY = 10n ** 18n;
const USD = 10n ** 6n;
const NOBODY = { accounts: [], paymentTokens: 0n, stakeTokens: 0n } as const;

/** Anvil's well-known accounts. */
const LOCAL_ACCOUNTS = [
  '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
  '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65',
  '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc',
  '0x976EA74026E726554dB657fA54763abd0C3a0aa9',
  '0x14dC79964da2C08b23698B3D3cc7Ca32193d9955',
  '0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f',
  '0xa0Ee7A142d267C1f36714E4a8F75612F20a79720',
] as const;

const SLASHES = { conflictSlashPpm: 100_000, wrongOutputSlashPpm: 100_000, rewardPpm: 250_000 };

/** Windows that a demonstration can wait for; two jurors, since a local network has few providers. */
export const localParameters: DeployParameters = {
  stakeSupply: 1_000_000_000n * ASSAY,
  timelockDelay: 1,
  minWindow: 1,
  minThawPeriod: 1,
  thawMargin: MINUTE,
  staking: { minStake: 100n * ASSAY, minDelegation: ASSAY, thawPeriod: 15 * MINUTE },
  escrow: {
    protocolFeePpm: 10_000,
    minDeposit: 10_000n,
    minWithdrawDelay: 10,
    earningsWindow: 20,
    bondThaw: 60,
  },
  disputes: {
    ...SLASHES,
    evidenceAge: 10 * MINUTE,
    commitWindow: MINUTE,
    revealWindow: MINUTE,
    conflictCooldown: MINUTE,
    drawDelay: 1,
    committeeSize: 2,
    disputeBond: 10n * ASSAY,
    jurorFee: ASSAY,
  },
  fund: {
    accounts: LOCAL_ACCOUNTS,
    paymentTokens: 1_000_000n * USD,
    stakeTokens: 1_000_000n * ASSAY,
  },
};

export const testnetParameters: DeployParameters = {
  stakeSupply: 1_000_000_000n * ASSAY,
  timelockDelay: MINUTE,
  minWindow: MINUTE,
  minThawPeriod: HOUR,
  thawMargin: 10 * MINUTE,
  staking: { minStake: 1_000n * ASSAY, minDelegation: ASSAY, thawPeriod: HOUR },
  escrow: {
    protocolFeePpm: 10_000,
    minDeposit: 100_000n,
    minWithdrawDelay: 15 * MINUTE,
    earningsWindow: 20 * MINUTE,
    bondThaw: HOUR,
  },
  disputes: {
    ...SLASHES,
    evidenceAge: 20 * MINUTE,
    commitWindow: 5 * MINUTE,
    revealWindow: 5 * MINUTE,
    conflictCooldown: HOUR,
    drawDelay: 3,
    committeeSize: 3,
    disputeBond: 10n * ASSAY,
    jurorFee: ASSAY,
  },
  fund: NOBODY,
};

/** Needs `paymentToken`, `governor`, `guardian` and `treasury` of its own. */
export const mainnetParameters: DeployParameters = {
  stakeSupply: 1_000_000_000n * ASSAY,
  timelockDelay: 2 * DAY,
  minWindow: 15 * MINUTE,
  minThawPeriod: 7 * DAY,
  thawMargin: DAY,
  staking: { minStake: 10_000n * ASSAY, minDelegation: ASSAY, thawPeriod: 14 * DAY },
  escrow: {
    protocolFeePpm: 10_000,
    minDeposit: 1_000_000n,
    minWithdrawDelay: DAY,
    earningsWindow: 5 * DAY,
    bondThaw: 14 * DAY,
  },
  disputes: {
    ...SLASHES,
    evidenceAge: 5 * DAY,
    commitWindow: 2 * DAY,
    revealWindow: 2 * DAY,
    conflictCooldown: DAY,
    drawDelay: 5,
    committeeSize: 7,
    disputeBond: 100n * ASSAY,
    jurorFee: 5n * ASSAY,
  },
  fund: NOBODY,
};
