// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "./IEntry.sol";

/// @notice Bounded in code; set by the timelock.
/// @param minStake The least own stake that is not thawing, unless it is zero.
/// @param minDelegation The least tokens in one delegation.
/// @param thawPeriod Seconds between a thaw or undelegation and its withdrawal; longer than all dispute windows.
struct StakingParameters {
    uint128 minStake;
    uint96 minDelegation;
    uint32 thawPeriod;
}

/// @notice A provider's own stake. `tokens` includes what is thawing.
struct OwnStake {
    uint128 tokens;
    uint128 thawingTokens;
    uint128 thawingShares;
    uint64 nonce;
}

/// @notice The tokens delegated to one provider. `tokens` includes what is thawing; `shares` does not.
struct DelegationPool {
    uint128 tokens;
    uint128 thawingTokens;
    uint128 shares;
    uint128 thawingShares;
    uint64 nonce;
    uint256 rewardPerShare;
}

/// @notice One delegator's part of one pool. `rewards` are settled and unclaimed, in the payment token.
struct Delegation {
    uint128 shares;
    uint128 rewards;
    uint256 rewardPerShare;
}

/// @notice A share of the thawing tokens of one stake or pool. A request whose `nonce` is not the stake's was wiped out.
struct ThawRequest {
    uint128 shares;
    uint64 withdrawableAt;
    uint64 nonce;
}

/// @title Own stake, delegation and slashing
/// @notice Own stake stands before delegations; thawing tokens stay slashable; rounding is always against the leaver.
/// Every amount is in the stake token, except rewards, which are in the payment token.
interface IStaking is IEntry {
    /// @notice A provider staked. The last values are the state after.
    event Staked(address indexed provider, uint256 tokens, uint256 ownTokens, uint256 ownThawing);

    /// @notice A provider began to thaw. `requestId` counts up from 0 for each provider.
    event ThawStarted(
        address indexed provider,
        uint256 indexed requestId,
        uint256 tokens,
        uint64 withdrawableAt,
        uint256 ownTokens,
        uint256 ownThawing
    );

    /// @notice One thaw request of a provider was paid out (less than asked if slashed since, zero if wiped out).
    event Withdrawn(
        address indexed provider, uint256 indexed requestId, uint256 tokens, uint256 ownTokens, uint256 ownThawing
    );

    /// @notice Tokens were delegated for shares.
    event Delegated(
        address indexed provider,
        address indexed delegator,
        uint256 tokens,
        uint256 shares,
        uint256 delegatorShares,
        uint256 poolTokens,
        uint256 poolThawing,
        uint256 poolShares
    );

    /// @notice Shares became a thaw request. `requestId` counts up from 0 for each delegator of a provider.
    event Undelegated(
        address indexed provider,
        address indexed delegator,
        uint256 indexed requestId,
        uint256 tokens,
        uint256 shares,
        uint64 withdrawableAt,
        uint256 delegatorShares,
        uint256 poolTokens,
        uint256 poolThawing,
        uint256 poolShares
    );

    /// @notice One thaw request of a delegator was paid out (less than asked if slashed since, zero if wiped out).
    event DelegatedWithdrawn(
        address indexed provider,
        address indexed delegator,
        uint256 indexed requestId,
        uint256 tokens,
        uint256 poolTokens,
        uint256 poolThawing
    );

    /// @notice Payment tokens were shared out among a pool's active shares.
    event RewardsAdded(address indexed provider, address indexed from, uint256 amount, uint256 rewardPerShare);

    /// @notice A delegator took its rewards.
    event RewardsClaimed(address indexed provider, address indexed delegator, uint256 amount);

    /// @notice The delegators' share of earnings, now and, if `effectiveAt` is not zero, from then on.
    event DelegatorCutSet(address indexed provider, uint32 cutPpm, uint32 nextCutPpm, uint64 effectiveAt);

    /// @notice Stake was slashed: `own` first, `delegated` after. `reward` of it went to `beneficiary`, the rest was burned.
    event Slashed(
        address indexed provider,
        address indexed beneficiary,
        bytes32 indexed evidence,
        bytes32 reason,
        uint256 own,
        uint256 delegated,
        uint256 reward,
        uint256 ownTokens,
        uint256 ownThawing,
        uint256 poolTokens,
        uint256 poolThawing
    );

    /// @notice Another slasher was announced; `acceptSlasher` works from `effectiveAt` on.
    event SlasherAnnounced(address indexed slasher, uint64 effectiveAt);

    /// @notice This contract alone may slash from now on.
    event SlasherSet(address indexed slasher);

    error StakingZeroAmount();
    error StakingAmountTooLarge(uint256 amount, uint256 limit);
    error StakingBelowMinimum(uint256 tokens, uint256 minimum);
    error StakingInsufficient(uint256 asked, uint256 available);
    error StakingTooManyThaws(uint256 limit);
    error StakingNothingThawed(address account);
    error StakingTooFewShares(uint256 shares, uint256 minShares);
    error StakingNotSlasher(address caller);
    error StakingSlasherNotReady(uint64 effectiveAt);
    error StakingSlasherWithoutCode(address slasher);
    error StakingThawTooShort(uint256 thawPeriod, uint256 required);
    error StakingCutAboveOne(uint32 cutPpm);
    error StakingNothingToClaim(address provider, address delegator);
    error StakingWrongAmountReceived(uint256 received, uint256 expected);

    /// @notice Adds to the caller's own stake.
    function stake(uint256 tokens) external;

    /// @notice Starts to thaw part of the caller's own stake. It stays slashable until it is withdrawn.
    function thaw(uint256 tokens) external returns (uint256 requestId);

    /// @notice Pays a provider all its thaw requests that are due. Anyone may call it.
    function withdraw(address provider) external returns (uint256 tokens);

    /// @notice Delegates to a provider, for at least `minShares`.
    function delegate(address provider, uint256 tokens, uint256 minShares) external returns (uint256 shares);

    /// @notice Starts to thaw shares. They stop earning at once and stay slashable until they are withdrawn.
    function undelegate(address provider, uint256 shares) external returns (uint256 requestId);

    /// @notice Pays a delegator all its thaw requests that are due. Anyone may call it.
    function withdrawDelegated(address provider, address delegator) external returns (uint256 tokens);

    /// @notice Sets what the delegators get of the caller's earnings: more at once, less after one thaw period.
    function setDelegatorCut(uint32 cutPpm) external;

    /// @notice Takes payment tokens from the caller and shares them out among a pool's active shares.
    function addRewards(address provider, uint256 amount) external;

    /// @notice Pays the caller its rewards for delegating to a provider.
    function claimRewards(address provider) external returns (uint256 amount);

    /// @notice Slashes own stake first, then at most 5 % of the pool. Only the slasher.
    /// @param rewardPpm What part of the slashed own stake goes to the beneficiary; the rest is burned.
    /// @param reason ASCII, left aligned: "conflict", "wrong-output" or "fraud-proof".
    /// @return own What was taken from the own stake.
    /// @return delegated What was taken from the pool.
    /// @return reward What the beneficiary received.
    function slash(
        address provider,
        uint256 tokens,
        uint32 rewardPpm,
        address beneficiary,
        bytes32 evidence,
        bytes32 reason
    ) external returns (uint256 own, uint256 delegated, uint256 reward);

    /// @notice Announces another slasher; the very first one takes effect at once. Only a dispute manager whose `requiredThaw`
    /// the thaw period covers, and never nobody.
    function announceSlasher(address slasher) external;

    /// @notice Installs the announced slasher once its delay, longer than any thaw, is over, if the thaw period still covers what it
    /// requires. Anyone may call it.
    function acceptSlasher() external;

    /// @notice Sets all parameters. Only the timelock.
    function setParameters(StakingParameters calldata parameters) external;

    function parameters() external view returns (StakingParameters memory);
    function slasher() external view returns (address);
    function ownStake(address provider) external view returns (OwnStake memory);
    function pool(address provider) external view returns (DelegationPool memory);
    function delegation(address provider, address delegator) external view returns (Delegation memory);

    /// @notice The open thaw requests of a provider's own stake (`delegator` zero) or of a delegator, oldest first.
    function thawRequests(address provider, address delegator)
        external
        view
        returns (uint256 firstId, ThawRequest[] memory requests);

    /// @notice What a slash can reach: own + min(delegated, 8 x own).
    function slashable(address provider) external view returns (uint256);

    /// @notice Own stake that is not thawing.
    function activeStake(address provider) external view returns (uint256);

    /// @notice What part of earnings goes to the delegators; zero while nobody delegates.
    function delegatorCut(address provider) external view returns (uint32 cutPpm);

    /// @notice Rewards a delegator could claim now.
    function rewardsOf(address provider, address delegator) external view returns (uint256);
}
