// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStaking} from "../../contracts/interfaces/IStaking.sol";
import {Staking} from "../../contracts/staking/Staking.sol";
import {AssayTest} from "../AssayTest.sol";
import {FeeToken} from "../mocks/HostileTokens.sol";

contract StakingEdgesTest is AssayTest {
    function test_shares_worth_less_than_a_token_stay() public {
        delegate(delegator, provider.addr, 1_000e18);
        vm.prank(address(disputes));
        staking.slash(provider.addr, STAKE + 1e18, 0, stranger.addr, "evidence", "reason");
        vm.prank(delegator);
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        staking.undelegate(provider.addr, 1);
        assertEq(staking.delegation(provider.addr, delegator).shares, 1_000e18);
    }

    function test_a_payment_token_that_keeps_a_part_pays_no_rewards() public {
        FeeToken fee = new FeeToken();
        Staking other = new Staking(address(governance), assay, fee, 7 days, stakingParameters());
        fee.mint(address(this), USD);
        fee.approve(address(other), USD);
        assay.approve(address(other), 1_000e18);
        other.delegate(provider.addr, 1_000e18, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingWrongAmountReceived.selector, USD * 99 / 100, USD));
        other.addRewards(provider.addr, USD);
        assertEq(other.rewardsOf(provider.addr, address(this)), 0);
    }
}
