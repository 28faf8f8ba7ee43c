import { Interface } from 'ethers';

/** The few functions and events a provider uses; `abi.test.ts` holds them to the contracts' full ABIs. */
export const escrowAbi = new Interface([
  'function session(bytes32 sessionId) view returns (tuple(address key, uint16 gatewayFeePpm, uint40 withdrawableAt, uint8 state, address gateway, uint96 balance))',
  'function claimed(bytes32 sessionId, bytes32 offerId) view returns (uint256)',
  'function earningsOf(address provider) view returns (uint256 unmatured, uint256 matured)',
  'function claim(tuple(bytes32 sessionId, address provider, bytes32 modelId, uint128 cumulative, bytes32 receipts, bytes voucherSignature, bytes guaranteeSignature)[] batch)',
  'function withdrawEarnings(address provider) returns (uint256 amount)',
  'event SessionOpened(bytes32 indexed sessionId, address indexed payer, address indexed gateway, address key, uint32 gatewayFeePpm, uint128 deposit, uint64 expiresAt, uint32 withdrawDelay, bytes32 policy, bytes32 salt)',
  'event VoucherClaimed(bytes32 indexed sessionId, bytes32 indexed offerId, address indexed provider, bytes32 modelId, uint128 cumulative, uint128 delta, uint128 protocolFee, uint128 gatewayFee, uint128 royalty, uint128 providerAmount, uint128 bondPaid, uint128 sessionBalance, bytes32 receipts)',
]);

export const registryAbi = new Interface([
  'function register(address key, bytes keySignature, string region, address payout)',
  'function rotateKey(address key, bytes keySignature)',
  'function setRegion(string region)',
  'function setPayout(address payout)',
  'function setOffer(bytes32 modelId, uint128 priceCeiling, bytes32 execClass, uint64 validUntil) returns (bytes32 offerId)',
  'function retireOffer(bytes32 modelId)',
  'function ownerOfKey(address key) view returns (address)',
  'function keyOf(address provider) view returns (address)',
  'function payoutOf(address provider) view returns (address)',
  'function offerOf(address provider, bytes32 modelId) view returns (tuple(uint128 priceCeiling, uint64 validUntil, bytes32 execClass))',
]);

export const stakingAbi = new Interface([
  'function stake(uint256 tokens)',
  'function thaw(uint256 tokens) returns (uint256 requestId)',
  'function withdraw(address provider) returns (uint256 tokens)',
  'function activeStake(address provider) view returns (uint256)',
  'function slashable(address provider) view returns (uint256)',
  'function parameters() view returns (tuple(uint128 minStake, uint96 minDelegation, uint32 thawPeriod))',
]);

export const modelsAbi = new Interface([
  'function publisherOf(bytes32 modelId) view returns (address)',
  'function classOf(bytes32 modelId, bytes32 execClass) view returns (uint32 scale, uint32 tolerance)',
  'function isDeprecated(bytes32 modelId) view returns (bool)',
]);

export const tokenAbi = new Interface([
  'function balanceOf(address account) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
]);
