// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "../../../contracts/interfaces/IEntry.sol";
import {OwnStake, ThawRequest} from "../../../contracts/interfaces/IStaking.sol";
import {ThawRules} from "../ThawRules.sol";
import {AssayTest} from "../../AssayTest.sol";
import {DisputeTest} from "../../DisputeTest.sol";
import {SystemActors} from "./SystemActors.sol";

/// @notice Providers and delegators come, thaw and leave. `ownBook` and `poolBook` say what each stake and pool must hold.
abstract contract SystemStaking is SystemActors, ThawRules {
    mapping(address => uint256) internal ownBook;
    mapping(address => uint256) internal poolBook;
    mapping(address => uint256) internal rewardsClaimed;

    function setUp() public virtual override(AssayTest, DisputeTest) {
        DisputeTest.setUp();
    }

    function stakeMore(uint256 seed) external {
        address who = anySeller(seed);
        uint256 amount = within(seed, 1, 1_000e18, 20_000e18);
        fundStake(who, amount);
        bool paused = expectPaused(IEntry(address(staking)));
        vm.prank(who);
        staking.stake(amount);
        if (!paused) ownBook[who] += amount;
    }

    /// @dev Half of the time one wei, which any slash wipes out where nothing else thaws.
    function thaw(uint256 seed) external {
        address who = anySeller(seed);
        uint256 active = staking.activeStake(who);
        (, ThawRequest[] memory queue) = staking.thawRequests(who, address(0));
        if (active <= 1_000e18 || queue.length == 32) return;
        uint256 amount = dice(seed, 1, 2) == 0 ? 1 : within(seed, 2, 1, (active - 1_000e18) / 2);
        thawOwn(who, amount);
    }

    function withdrawStake(uint256 seed) internal {
        address who = anySeller(seed);
        if (due(who, address(0))) leaveStake(who);
    }

    function delegateSome(uint256 seed) public {
        address by = backers[dice(seed, 0, 2)];
        address to = sellers[dice(seed, 1, SELLERS)];
        uint256 amount = within(seed, 2, 1e18, 50_000e18);
        fundStake(by, amount);
        bool paused = expectPaused(IEntry(address(staking)));
        vm.prank(by);
        staking.delegate(to, amount, 0);
        if (!paused) poolBook[to] += amount;
    }

    function undelegate(uint256 seed) external {
        address by = backers[dice(seed, 0, 2)];
        address from = sellers[dice(seed, 1, SELLERS)];
        uint256 shares = staking.delegation(from, by).shares;
        (, ThawRequest[] memory queue) = staking.thawRequests(from, by);
        if (shares == 0 || queue.length == 32) return;
        leaveWith(from, by, dice(seed, 2, 2) == 0 ? shares : within(seed, 3, 1, shares));
    }

    function withdrawDelegated(uint256 seed) internal {
        address from = sellers[dice(seed, 1, SELLERS)];
        address by = backers[dice(seed, 0, 2)];
        if (due(from, by)) leavePool(from, by);
    }

    function claimRewards(uint256 seed) internal {
        takeRewards(sellers[dice(seed, 1, SELLERS)], backers[dice(seed, 0, 2)]);
    }

    function setDelegatorCut(uint256 seed) external {
        vm.prank(sellers[dice(seed, 0, SELLERS)]);
        staking.setDelegatorCut(uint32(within(seed, 1, 0, 1_000_000)));
    }

    function thawOwn(address who, uint256 amount) internal {
        OwnStake memory own = staking.ownStake(who);
        expectIfNoShares(amount, own.thawingShares, own.thawingTokens);
        vm.prank(who);
        staking.thaw(amount);
    }

    function leaveStake(address who) internal {
        (, ThawRequest[] memory queue) = staking.thawRequests(who, address(0));
        if (queue[0].nonce != staking.ownStake(who).nonce) happened("wiped-out thaw");
        ownBook[who] -= staking.withdraw(who);
    }

    function leavePool(address from, address by) internal {
        poolBook[from] -= staking.withdrawDelegated(from, by);
    }

    function takeRewards(address from, address by) internal {
        if (staking.rewardsOf(from, by) == 0) return;
        vm.prank(by);
        rewardsClaimed[from] += staking.claimRewards(from);
        happened("rewards claimed");
    }
}
