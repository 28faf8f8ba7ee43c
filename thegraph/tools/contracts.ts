const ASSAY = 'protocol/contracts/interfaces';
const OPEN_ZEPPELIN = 'node_modules/@openzeppelin/contracts';

/** Where the events of each indexed contract are declared. Data sources carry these names. */
export const EVENT_SOURCES = {
  Staking: [`${ASSAY}/IParameters.sol`, `${ASSAY}/IStaking.sol`],
  ModelRegistry: [`${ASSAY}/IParameters.sol`, `${ASSAY}/IModelRegistry.sol`],
  ProviderRegistry: [`${ASSAY}/IParameters.sol`, `${ASSAY}/IProviderRegistry.sol`],
  SessionEscrow: [`${ASSAY}/IParameters.sol`, `${ASSAY}/ISessionEscrow.sol`],
  DisputeManager: [`${ASSAY}/IParameters.sol`, `${ASSAY}/IDisputeManager.sol`],
  Timelock: [
    `${ASSAY}/IGovernance.sol`,
    `${OPEN_ZEPPELIN}/governance/TimelockController.sol`,
    `${OPEN_ZEPPELIN}/access/IAccessControl.sol`,
  ],
} as const;

export type IndexedContract = keyof typeof EVENT_SOURCES;

export const INDEXED_CONTRACTS = Object.keys(EVENT_SOURCES) as IndexedContract[];
