import { Interface } from 'ethers';

/** The events and functions this side of the market uses; `abi.test.ts` holds them to the compiled contracts. */
export const modelRegistryAbi = new Interface([
  'event ModelRegistered(bytes32 indexed modelId, address indexed publisher, bytes32 indexed lineage, bytes32 previous, bytes32 manifestHash, uint32 royaltyPpm, bytes manifest)',
  'event ModelDeprecated(bytes32 indexed modelId)',
]);

export const providerRegistryAbi = new Interface([
  'event ProviderRegistered(address indexed provider, string region, address payout)',
  'event ReceiptKeyRotated(address indexed provider, address indexed key, address previous)',
  'event RegionSet(address indexed provider, string region)',
  'event OfferSet(bytes32 indexed offerId, address indexed provider, bytes32 indexed modelId, uint128 priceCeiling, bytes32 execClass, uint64 validUntil)',
  'event OfferRetired(bytes32 indexed offerId, address indexed provider, bytes32 indexed modelId)',
]);

const GRANT =
  'tuple(address payer, address key, address gateway, uint32 gatewayFeePpm, uint64 expiresAt, uint32 withdrawDelay, bytes32 policy, bytes32 salt)';

export const sessionEscrowAbi = new Interface([
  'event SessionOpened(bytes32 indexed sessionId, address indexed payer, address indexed gateway, address key, uint32 gatewayFeePpm, uint128 deposit, uint64 expiresAt, uint32 withdrawDelay, bytes32 policy, bytes32 salt)',
  'event SessionToppedUp(bytes32 indexed sessionId, address indexed from, uint128 amount, uint128 balance)',
  'event SessionClosing(bytes32 indexed sessionId, address indexed by, uint64 withdrawableAt, uint128 balance)',
  'event SessionWithdrawn(bytes32 indexed sessionId, address indexed payer, uint128 amount)',
  `function open(${GRANT} grant, uint256 deposit, uint256 validAfter, uint256 validBefore, bytes authorization) returns (bytes32)`,
  'function topUp(bytes32 sessionId, address from, uint256 amount, uint256 validAfter, uint256 validBefore, bytes32 salt, bytes authorization)',
  `function closeBySig(${GRANT} grant, bytes signature)`,
  'function session(bytes32 sessionId) view returns (tuple(address key, uint16 gatewayFeePpm, uint40 withdrawableAt, uint8 state, address gateway, uint96 balance))',
  'function parameters() view returns (tuple(uint32 protocolFeePpm, uint64 minDeposit, uint32 minWithdrawDelay, uint32 earningsWindow, uint32 bondThaw))',
]);

export const tokenAbi = new Interface([
  'function balanceOf(address account) view returns (uint256)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
  'function name() view returns (string)',
  'function version() view returns (string)',
]);
