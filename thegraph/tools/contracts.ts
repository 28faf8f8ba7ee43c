const ASSAY = 'protocol/contracts/interfaces';
const OPEN_ZEPPELIN = 'node_modules/@openzeppelin/contracts';

/** Where the events of each indexed contract are declared, apart from what these interfaces inherit. */
export const EVENT_SOURCES = {
  Staking: [`${ASSAY}/IStaking.sol`],
  ModelRegistry: [`${ASSAY}/IModelRegistry.sol`],
  ProviderRegistry: [`${ASSAY}/IProviderRegistry.sol`],
  SessionEscrow: [`${ASSAY}/ISessionEscrow.sol`],
  DisputeManager: [`${ASSAY}/IDisputeManager.sol`],
  Timelock: [
    `${ASSAY}/IGovernance.sol`,
    `${OPEN_ZEPPELIN}/governance/TimelockController.sol`,
    `${OPEN_ZEPPELIN}/access/IAccessControl.sol`,
  ],
} as const;

export type IndexedContract = keyof typeof EVENT_SOURCES;

export const INDEXED_CONTRACTS = Object.keys(EVENT_SOURCES) as IndexedContract[];
