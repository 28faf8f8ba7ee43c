// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AssayTest} from "../AssayTest.sol";

/// @notice Provider and delegator are leaving when a conviction comes: what thaws is slashed like what stays.
contract ExitAfterSlashTest is AssayTest {
    uint256 internal constant FIRST = 3_333e18 + 1;
    uint256 internal constant LATER = 4_444e18 + 7;
    uint256 internal constant DELEGATED = 20_000e18 + 3;
    uint256 internal constant LEAVING = 7_777e18 + 1;

    /// @dev Two requests of the provider, a day apart, and one of the delegator.
    function startLeaving() internal {
        delegate(delegator, provider.addr, DELEGATED);
        vm.prank(provider.addr);
        staking.thaw(FIRST);
        vm.prank(delegator);
        staking.undelegate(provider.addr, LEAVING);
        vm.warp(block.timestamp + 1 days);
        vm.prank(provider.addr);
        staking.thaw(LATER);
    }

    function test_a_conviction_takes_its_part_of_every_request() public {
        startLeaving();
        uint256 slashed = proveConflict(ticketOf("job", 0));
        assertEq(slashed, (STAKE + DELEGATED) / 10);
        assertEq(staking.pool(provider.addr).tokens, DELEGATED);
        uint256 thawing = (FIRST + LATER) * (STAKE - slashed) / STAKE;
        assertEq(staking.ownStake(provider.addr).thawingTokens, thawing);

        // Who leaves first is paid rounded down, and the rest stays with who leaves later.
        vm.warp(block.timestamp + THAW - 1 days);
        uint256 first = FIRST * thawing / (FIRST + LATER);
        assertEq(staking.withdraw(provider.addr), first);
        assertEq(staking.withdrawDelegated(provider.addr, delegator), LEAVING);
        vm.warp(block.timestamp + 1 days);
        assertEq(staking.withdraw(provider.addr), thawing - first);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE - slashed - thawing);
    }

    function test_delegators_lose_only_what_the_providers_own_stake_cannot_pay() public {
        startLeaving();
        slash(STAKE + 500e18);
        assertEq(staking.ownStake(provider.addr).tokens, 0);
        assertEq(staking.pool(provider.addr).tokens, DELEGATED - 500e18);

        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdraw(provider.addr), 0);
        uint256 left = LEAVING * (DELEGATED - 500e18) / DELEGATED;
        assertEq(staking.withdrawDelegated(provider.addr, delegator), left);
    }

    function test_everyone_can_leave_and_nothing_is_left_behind() public {
        startLeaving();
        slash(STAKE + 500e18);
        uint256 rest = staking.delegation(provider.addr, delegator).shares;
        vm.prank(delegator);
        staking.undelegate(provider.addr, rest);
        vm.warp(block.timestamp + THAW);
        staking.withdraw(provider.addr);
        uint256 paid = staking.withdrawDelegated(provider.addr, delegator);
        assertApproxEqAbs(paid, DELEGATED - 500e18, 1);
        assertLe(paid, DELEGATED - 500e18);
        assertLe(assay.balanceOf(address(staking)), 1);
    }

    /// @dev More than any conviction of this version asks for: the limits are the stake's own.
    function slash(uint256 tokens) internal {
        vm.prank(address(disputes));
        staking.slash(provider.addr, tokens, 250_000, stranger.addr, "evidence", "reason");
    }
}
