// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAssayToken} from "../interfaces/IAssayToken.sol";
import {IDisputeManager} from "../interfaces/IDisputeManager.sol";
import {IEntry} from "../interfaces/IEntry.sol";
import {
    Delegation,
    DelegationPool,
    IStaking,
    OwnStake,
    StakingParameters,
    ThawRequest
} from "../interfaces/IStaking.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Thaw, Thawing, ThawQueue} from "./Thaw.sol";

/// @title Staking
/// @notice See {IStaking}, which documents every function.
contract Staking is IStaking {
    using SafeERC20 for IERC20;
    using SafeERC20 for IAssayToken;
    using SafeCast for uint256;
    using Thaw for Thawing;
    using Thaw for ThawQueue;

    uint256 public constant DELEGATION_RATIO = 8;
    uint256 public constant MAX_POOL_SLASH_PPM = 50_000;
    uint256 public constant MAX_THAW_PERIOD = 90 days;
    uint256 public constant SLASHER_MARGIN = 1 days;
    uint256 private constant REWARD_PRECISION = 1e36;

    struct Own {
        uint128 tokens;
        Thawing thawing;
    }

    struct Pool {
        uint128 tokens;
        uint128 shares;
        Thawing thawing;
        uint256 rewardPerShare;
    }

    /// @dev One slot. `nextPpm` counts from `effectiveAt` on, unless that is 0.
    struct Cut {
        uint32 ppm;
        uint32 nextPpm;
        uint64 effectiveAt;
    }

    address private immutable GOVERNANCE;
    IAssayToken private immutable STAKE_TOKEN;
    IERC20 private immutable PAYMENT_TOKEN;
    uint32 private immutable MIN_THAW_PERIOD;

    StakingParameters private _parameters;

    /// @inheritdoc IEntry
    uint64 public pausedUntil;

    /// @inheritdoc IStaking
    address public slasher;
    address public announcedSlasher;
    uint64 public slasherEffectiveAt;

    mapping(address provider => Own) private _own;
    mapping(address provider => Pool) private _pools;
    mapping(address provider => Cut) private _cuts;
    mapping(address provider => mapping(address delegator => Delegation)) private _delegations;

    /// @dev A provider's own requests are under the zero delegator.
    mapping(address provider => mapping(address delegator => ThawQueue)) private _queues;

    /// @param minThawPeriod The floor under every thaw period this deployment will ever have.
    constructor(
        address governance,
        IAssayToken stakeToken,
        IERC20 paymentToken,
        uint32 minThawPeriod,
        StakingParameters memory initial
    ) {
        GOVERNANCE = governance;
        STAKE_TOKEN = stakeToken;
        PAYMENT_TOKEN = paymentToken;
        MIN_THAW_PERIOD = minThawPeriod;
        _setParameters(initial);
    }

    /// @inheritdoc IStaking
    function stake(uint256 tokens) external {
        Bounds.entryOpen(pausedUntil);
        Own storage own = _own[msg.sender];
        uint128 next = _added(own.tokens, tokens);
        uint256 active = next - own.thawing.tokens;
        require(active >= _parameters.minStake, StakingBelowMinimum(active, _parameters.minStake));

        own.tokens = next;
        emit Staked(msg.sender, tokens, own.tokens, own.thawing.tokens);

        STAKE_TOKEN.safeTransferFrom(msg.sender, address(this), tokens);
    }

    /// @inheritdoc IStaking
    function thaw(uint256 tokens) external returns (uint256 requestId) {
        require(tokens != 0, StakingZeroAmount());
        Own storage own = _own[msg.sender];
        uint256 active = uint256(own.tokens) - own.thawing.tokens;
        require(tokens <= active, StakingInsufficient(tokens, active));
        uint256 rest = active - tokens;
        require(rest == 0 || rest >= _parameters.minStake, StakingBelowMinimum(rest, _parameters.minStake));

        uint64 withdrawableAt = _thawEnd();
        requestId = own.thawing.start(_queues[msg.sender][address(0)], tokens, withdrawableAt);
        emit ThawStarted(msg.sender, requestId, tokens, withdrawableAt, own.tokens, own.thawing.tokens);
    }

    /// @inheritdoc IStaking
    function withdraw(address provider) external returns (uint256 tokens) {
        Own storage own = _own[provider];
        ThawQueue storage queue = _queues[provider][address(0)];
        uint64 head = queue.head;
        (bool due, uint256 requestId, uint256 paid) = own.thawing.finish(queue);
        while (due) {
            tokens += paid;
            own.tokens -= uint128(paid);
            emit Withdrawn(provider, requestId, paid, own.tokens, own.thawing.tokens);
            (due, requestId, paid) = own.thawing.finish(queue);
        }
        require(queue.head != head, StakingNothingThawed(provider));

        STAKE_TOKEN.safeTransfer(provider, tokens);
    }

    /// @inheritdoc IStaking
    function delegate(address provider, uint256 tokens, uint256 minShares) external returns (uint256 shares) {
        Bounds.entryOpen(pausedUntil);
        uint256 minimum = _parameters.minDelegation;
        require(tokens >= minimum, StakingBelowMinimum(tokens, minimum));
        Pool storage p = _pools[provider];
        uint128 next = _added(p.tokens, tokens);
        // One virtual token and share: the first delegator cannot price out the next.
        shares = tokens * (uint256(p.shares) + 1) / (_activePool(p) + 1);
        require(shares >= minShares && shares != 0, StakingTooFewShares(shares, minShares));

        Delegation storage d = _settle(p, provider, msg.sender);
        d.shares += shares.toUint128();
        p.shares += shares.toUint128();
        p.tokens = next;
        emit Delegated(provider, msg.sender, tokens, shares, d.shares, p.tokens, p.thawing.tokens, p.shares);

        STAKE_TOKEN.safeTransferFrom(msg.sender, address(this), tokens);
    }

    /// @inheritdoc IStaking
    function undelegate(address provider, uint256 shares) external returns (uint256 requestId) {
        require(shares != 0, StakingZeroAmount());
        Pool storage p = _pools[provider];
        Delegation storage d = _settle(p, provider, msg.sender);
        require(shares <= d.shares, StakingInsufficient(shares, d.shares));
        uint256 tokens = shares * (_activePool(p) + 1) / (uint256(p.shares) + 1);

        d.shares -= uint128(shares);
        p.shares -= uint128(shares);
        uint64 withdrawableAt = _thawEnd();
        requestId = p.thawing.start(_queues[provider][msg.sender], tokens, withdrawableAt);
        emit Undelegated(
            provider,
            msg.sender,
            requestId,
            tokens,
            shares,
            withdrawableAt,
            d.shares,
            p.tokens,
            p.thawing.tokens,
            p.shares
        );
    }

    /// @inheritdoc IStaking
    function withdrawDelegated(address provider, address delegator) external returns (uint256 tokens) {
        require(delegator != address(0), StakingNothingThawed(delegator));
        Pool storage p = _pools[provider];
        ThawQueue storage queue = _queues[provider][delegator];
        uint64 head = queue.head;
        (bool due, uint256 requestId, uint256 paid) = p.thawing.finish(queue);
        while (due) {
            tokens += paid;
            p.tokens -= uint128(paid);
            emit DelegatedWithdrawn(provider, delegator, requestId, paid, p.tokens, p.thawing.tokens);
            (due, requestId, paid) = p.thawing.finish(queue);
        }
        require(queue.head != head, StakingNothingThawed(delegator));

        STAKE_TOKEN.safeTransfer(delegator, tokens);
    }

    /// @inheritdoc IStaking
    function setDelegatorCut(uint32 cutPpm) external {
        require(cutPpm <= Bounds.ONE, StakingCutAboveOne(cutPpm));
        uint32 current = _cutNow(_cuts[msg.sender]);
        uint64 effectiveAt = cutPpm >= current ? 0 : _thawEnd();
        Cut memory cut = Cut(effectiveAt == 0 ? cutPpm : current, cutPpm, effectiveAt);
        _cuts[msg.sender] = cut;
        emit DelegatorCutSet(msg.sender, cut.ppm, cut.nextPpm, cut.effectiveAt);
    }

    /// @inheritdoc IStaking
    function addRewards(address provider, uint256 amount) external {
        Pool storage p = _pools[provider];
        require(p.shares != 0, StakingTooFewShares(0, 1));
        require(amount <= type(uint128).max, StakingAmountTooLarge(amount, type(uint128).max));
        p.rewardPerShare += amount * REWARD_PRECISION / p.shares;
        emit RewardsAdded(provider, msg.sender, amount, p.rewardPerShare);

        uint256 held = PAYMENT_TOKEN.balanceOf(address(this));
        PAYMENT_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 holds = PAYMENT_TOKEN.balanceOf(address(this));
        require(holds == held + amount, StakingWrongAmountReceived(holds > held ? holds - held : 0, amount));
    }

    /// @inheritdoc IStaking
    function claimRewards(address provider) external returns (uint256 amount) {
        Delegation storage d = _settle(_pools[provider], provider, msg.sender);
        amount = d.rewards;
        require(amount != 0, StakingNothingToClaim(provider, msg.sender));
        d.rewards = 0;
        emit RewardsClaimed(provider, msg.sender, amount);

        PAYMENT_TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function slash(
        address provider,
        uint256 tokens,
        uint32 rewardPpm,
        address beneficiary,
        bytes32 evidence,
        bytes32 reason
    ) external returns (uint256 own, uint256 delegated, uint256 reward) {
        require(msg.sender == slasher, StakingNotSlasher(msg.sender));
        require(rewardPpm <= Bounds.ONE, StakingCutAboveOne(rewardPpm));
        own = _slashOwn(provider, tokens);
        delegated = _slashPool(provider, tokens - own);
        reward = Bounds.ppmRoundedDown(own, rewardPpm);
        Own storage o = _own[provider];
        Pool storage p = _pools[provider];
        emit Slashed(
            provider,
            beneficiary,
            evidence,
            reason,
            own,
            delegated,
            reward,
            o.tokens,
            o.thawing.tokens,
            p.tokens,
            p.thawing.tokens
        );

        STAKE_TOKEN.burn(own + delegated - reward);
        if (reward != 0) STAKE_TOKEN.safeTransfer(beneficiary, reward);
    }

    /// @inheritdoc IStaking
    function announceSlasher(address next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        _checkSlasher(next);
        if (slasher == address(0)) {
            slasher = next;
            emit SlasherSet(next);
            return;
        }
        announcedSlasher = next;
        slasherEffectiveAt = uint64(block.timestamp + MAX_THAW_PERIOD + SLASHER_MARGIN);
        emit SlasherAnnounced(next, slasherEffectiveAt);
    }

    /// @inheritdoc IStaking
    function acceptSlasher() external {
        bool ready = slasherEffectiveAt != 0 && block.timestamp >= slasherEffectiveAt;
        require(ready, StakingSlasherNotReady(slasherEffectiveAt));
        _checkSlasher(announcedSlasher);
        slasher = announcedSlasher;
        slasherEffectiveAt = 0;
        emit SlasherSet(slasher);
    }

    /// @inheritdoc IStaking
    function setParameters(StakingParameters calldata next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        _setParameters(next);
    }

    /// @inheritdoc IEntry
    function pauseEntry(uint64 until) external {
        Bounds.pause(GOVERNANCE, until);
        pausedUntil = until;
    }

    /// @inheritdoc IStaking
    function parameters() external view returns (StakingParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IStaking
    function ownStake(address provider) external view returns (OwnStake memory) {
        Own storage own = _own[provider];
        return OwnStake(own.tokens, own.thawing.tokens, own.thawing.shares, own.thawing.nonce);
    }

    /// @inheritdoc IStaking
    function pool(address provider) external view returns (DelegationPool memory) {
        Pool storage p = _pools[provider];
        return DelegationPool(p.tokens, p.thawing.tokens, p.shares, p.thawing.shares, p.thawing.nonce, p.rewardPerShare);
    }

    /// @inheritdoc IStaking
    function delegation(address provider, address delegator) external view returns (Delegation memory) {
        return _delegations[provider][delegator];
    }

    /// @inheritdoc IStaking
    function thawRequests(address provider, address delegator)
        external
        view
        returns (uint256 firstId, ThawRequest[] memory requests)
    {
        return _queues[provider][delegator].list();
    }

    /// @inheritdoc IStaking
    function slashable(address provider) external view returns (uint256) {
        uint256 own = _own[provider].tokens;
        return own + Bounds.min(_pools[provider].tokens, DELEGATION_RATIO * own);
    }

    /// @inheritdoc IStaking
    function activeStake(address provider) external view returns (uint256) {
        Own storage own = _own[provider];
        return own.tokens - own.thawing.tokens;
    }

    /// @inheritdoc IStaking
    function delegatorCut(address provider) external view returns (uint32) {
        uint32 cutPpm = _cutNow(_cuts[provider]);
        return cutPpm == 0 || _pools[provider].shares == 0 ? 0 : cutPpm;
    }

    /// @inheritdoc IStaking
    function rewardsOf(address provider, address delegator) external view returns (uint256) {
        Delegation memory d = _delegations[provider][delegator];
        return d.rewards + _unsettled(_pools[provider], d);
    }

    function _slashOwn(address provider, uint256 tokens) private returns (uint256 slashed) {
        Own storage own = _own[provider];
        slashed = Bounds.min(tokens, own.tokens);
        if (slashed == 0) return 0;
        own.thawing.slash(slashed, own.tokens);
        own.tokens -= uint128(slashed);
    }

    function _slashPool(address provider, uint256 tokens) private returns (uint256 slashed) {
        Pool storage p = _pools[provider];
        slashed = Bounds.min(tokens, Bounds.ppmRoundedDown(p.tokens, MAX_POOL_SLASH_PPM));
        if (slashed == 0) return 0;
        p.thawing.slash(slashed, p.tokens);
        p.tokens -= uint128(slashed);
    }

    /// @dev Moves a delegator's rewards since the last time into what it can claim.
    function _settle(Pool storage p, address provider, address delegator) private returns (Delegation storage d) {
        d = _delegations[provider][delegator];
        uint256 earned = _unsettled(p, d);
        if (earned != 0) d.rewards += earned.toUint128();
        d.rewardPerShare = p.rewardPerShare;
    }

    function _setParameters(StakingParameters memory next) private {
        uint256 floor = slasher == address(0) ? 0 : IDisputeManager(slasher).requiredThaw();
        if (floor < MIN_THAW_PERIOD) floor = MIN_THAW_PERIOD;
        Bounds.report("minStake", next.minStake, 1e18, 1e24);
        Bounds.report("minDelegation", next.minDelegation, 1e18, 1e24);
        Bounds.report("thawPeriod", next.thawPeriod, floor, MAX_THAW_PERIOD);
        _parameters = next;
    }

    /// @dev Never nobody, after whom the next would need no delay; and what it judges must not have left before the verdict.
    function _checkSlasher(address next) private view {
        require(next.code.length != 0, StakingSlasherWithoutCode(next));
        uint256 required = IDisputeManager(next).requiredThaw();
        uint256 thawPeriod = _parameters.thawPeriod;
        require(thawPeriod >= required, StakingThawTooShort(thawPeriod, required));
    }

    function _added(uint128 held, uint256 amount) private pure returns (uint128) {
        require(amount != 0, StakingZeroAmount());
        uint256 limit = type(uint128).max - held;
        require(amount <= limit, StakingAmountTooLarge(amount, limit));
        return held + uint128(amount);
    }

    function _thawEnd() private view returns (uint64) {
        return uint64(block.timestamp) + _parameters.thawPeriod;
    }

    function _cutNow(Cut memory cut) private view returns (uint32) {
        return cut.effectiveAt != 0 && block.timestamp >= cut.effectiveAt ? cut.nextPpm : cut.ppm;
    }

    function _activePool(Pool storage p) private view returns (uint256) {
        return p.tokens - p.thawing.tokens;
    }

    function _unsettled(Pool storage p, Delegation memory d) private view returns (uint256) {
        return d.shares * (p.rewardPerShare - d.rewardPerShare) / REWARD_PRECISION;
    }
}
