// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {DelegationPool, IStaking, OwnStake, ThawRequest} from "../../contracts/interfaces/IStaking.sol";
import {ThawRules} from "./ThawRules.sol";

/// @notice Three providers and four delegators stake, leave, earn and are slashed at random, a guardian pauses. No action reverts but with the very
/// error it must.
contract StakingHandler is ThawRules {
    address[] public sellers;
    address[] public backers;
    uint256 public rewardsIn;
    uint256 public rewardsOut;
    uint256 public lastPrice = 1e18;
    bool public dodged;
    bool public overpaid;
    bool public priceFellWithoutSlash;

    constructor() {
        setUp();
        for (uint256 i = 0; i < 3; i++) {
            sellers.push(i == 0 ? provider.addr : makeAddr(string.concat("seller ", vm.toString(i))));
            if (i != 0) stake(sellers[i], STAKE);
        }
        for (uint256 i = 0; i < 4; i++) {
            backers.push(makeAddr(string.concat("backer ", vm.toString(i))));
        }
    }

    function setUp() public override {
        super.setUp();
    }

    modifier watchingPrices() {
        uint256[3] memory before;
        for (uint256 i = 0; i < 3; i++) {
            before[i] = price(sellers[i]);
        }
        _;
        for (uint256 i = 0; i < 3; i++) {
            if (price(sellers[i]) < before[i]) priceFellWithoutSlash = true;
        }
    }

    /// @dev Tokens a share is worth, as an undelegation would count it, in units of 1e-18.
    function price(address to) public view returns (uint256) {
        DelegationPool memory p = staking.pool(to);
        return (uint256(p.tokens) - p.thawingTokens + 1) * 1e18 / (uint256(p.shares) + 1);
    }

    function stakeMore(uint256 who, uint256 amount) external watchingPrices {
        address to = sellers[who % 3];
        amount = bound(amount, 1_000e18, 1e24);
        fundStake(to, amount);
        expectIfPaused();
        vm.prank(to);
        staking.stake(amount);
    }

    function thaw(uint256 who, uint256 amount) external watchingPrices {
        address to = sellers[who % 3];
        uint256 active = staking.activeStake(to);
        (, ThawRequest[] memory queue) = staking.thawRequests(to, address(0));
        if (active <= 1_000e18 || queue.length == 32) return;
        amount = bound(amount, 1, active - 1_000e18);
        OwnStake memory own = staking.ownStake(to);
        expectIfNoShares(amount, own.thawingShares, own.thawingTokens);
        vm.prank(to);
        staking.thaw(amount);
    }

    function withdraw(uint256 who) external watchingPrices {
        address to = sellers[who % 3];
        if (due(to, address(0))) staking.withdraw(to);
    }

    function delegateSome(uint256 who, uint256 to, uint256 amount) external watchingPrices {
        address by = backers[who % 4];
        amount = bound(amount, 1e18, 1e25);
        fundStake(by, amount);
        expectIfPaused();
        vm.prank(by);
        staking.delegate(sellers[to % 3], amount, 0);
    }

    function undelegate(uint256 who, uint256 to, uint256 part) external watchingPrices {
        address by = backers[who % 4];
        address from = sellers[to % 3];
        uint256 shares = staking.delegation(from, by).shares;
        (, ThawRequest[] memory queue) = staking.thawRequests(from, by);
        if (shares == 0 || queue.length == 32) return;
        leaveWith(from, by, bound(part, 1, shares));
    }

    function withdrawDelegated(uint256 who, uint256 to) external watchingPrices {
        address by = backers[who % 4];
        if (due(sellers[to % 3], by)) staking.withdrawDelegated(sellers[to % 3], by);
    }

    function addRewards(uint256 to, uint256 amount) external watchingPrices {
        address from = sellers[to % 3];
        if (staking.pool(from).shares == 0) return;
        amount = bound(amount, 1, 1e12 * USD);
        usd.mint(address(this), amount);
        usd.approve(address(staking), amount);
        staking.addRewards(from, amount);
        rewardsIn += amount;
    }

    function claimRewards(uint256 who, uint256 to) external watchingPrices {
        address by = backers[who % 4];
        if (staking.rewardsOf(sellers[to % 3], by) == 0) return;
        vm.prank(by);
        rewardsOut += staking.claimRewards(sellers[to % 3]);
    }

    function slash(uint256 who, uint256 amount, uint32 rewardPpm) external {
        address to = sellers[who % 3];
        OwnStake memory own = staking.ownStake(to);
        DelegationPool memory pool = staking.pool(to);
        amount = bound(amount, 1, 2 * (uint256(own.tokens) + 1e18));
        rewardPpm = uint32(bound(rewardPpm, 0, 250_000));
        vm.prank(address(disputes));
        (uint256 fromOwn, uint256 fromPool, uint256 reward) = staking.slash(to, amount, rewardPpm, stranger.addr, 0, 0);
        uint256 wantOwn = amount < own.tokens ? amount : own.tokens;
        uint256 cap = uint256(pool.tokens) * 50_000 / 1e6;
        uint256 wantPool = amount - wantOwn < cap ? amount - wantOwn : cap;
        if (fromOwn != wantOwn || fromPool != wantPool) dodged = true;
        if (reward * 1e6 > fromOwn * rewardPpm) overpaid = true;
    }

    function slashByAnyone(uint256 by, uint256 who, uint256 amount, uint32 rewardPpm) external {
        address caller = by % 5 == 4 ? address(governance) : backers[by % 5];
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNotSlasher.selector, caller));
        vm.prank(caller);
        staking.slash(sellers[who % 3], amount, rewardPpm, caller, 0, 0);
    }

    function pause(uint32 howLong) external {
        uint64 until = uint64(block.timestamp + bound(howLong, 0, 10 days));
        asGovernance(address(staking), abi.encodeCall(staking.pauseEntry, (until)));
    }

    function warp(uint32 howLong) external {
        vm.warp(block.timestamp + bound(howLong, 1 hours, 20 days));
    }

    function system() external view returns (address, address, address) {
        return (address(staking), address(assay), address(usd));
    }

    /// @dev Everyone leaves within one thaw.
    function everyoneLeaves() external {
        vm.warp(block.timestamp + 90 days);
        for (uint256 i = 0; i < 3; i++) {
            if (due(sellers[i], address(0))) staking.withdraw(sellers[i]);
            uint256 active = staking.activeStake(sellers[i]);
            OwnStake memory own = staking.ownStake(sellers[i]);
            if (active != 0) {
                expectIfNoShares(active, own.thawingShares, own.thawingTokens);
                vm.prank(sellers[i]);
                staking.thaw(active);
            }
            for (uint256 j = 0; j < 4; j++) {
                leave(sellers[i], backers[j]);
            }
        }
        vm.warp(block.timestamp + THAW);
        for (uint256 i = 0; i < 3; i++) {
            if (due(sellers[i], address(0))) staking.withdraw(sellers[i]);
            for (uint256 j = 0; j < 4; j++) {
                if (due(sellers[i], backers[j])) staking.withdrawDelegated(sellers[i], backers[j]);
            }
        }
    }

    function leave(address from, address by) internal {
        if (due(from, by)) staking.withdrawDelegated(from, by);
        uint256 shares = staking.delegation(from, by).shares;
        if (shares != 0) leaveWith(from, by, shares);
        if (staking.rewardsOf(from, by) == 0) return;
        vm.prank(by);
        rewardsOut += staking.claimRewards(from);
    }

    function expectIfPaused() internal {
        uint64 until = staking.pausedUntil();
        if (block.timestamp < until) vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
    }
}
