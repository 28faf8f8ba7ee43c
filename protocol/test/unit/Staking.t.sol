// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {IStaking, StakingParameters, ThawRequest} from "../../contracts/interfaces/IStaking.sol";
import {AssayTest} from "../AssayTest.sol";
import {IdleSlasher} from "../mocks/IdleSlasher.sol";

contract StakingTest is AssayTest {
    address internal p;

    function setUp() public override {
        super.setUp();
        p = provider.addr;
    }

    function slash(uint256 tokens) internal returns (uint256 own, uint256 delegated, uint256 reward) {
        vm.prank(address(disputes));
        return staking.slash(p, tokens, 250_000, stranger.addr, "evidence", "conflict");
    }

    function thaw(uint256 tokens) internal returns (uint256) {
        vm.prank(p);
        return staking.thaw(tokens);
    }

    function undelegate(uint256 shares) internal {
        vm.prank(delegator);
        staking.undelegate(p, shares);
    }

    // ------------------------------------------------------------------ stake

    function test_stake_adds_and_reports() public {
        fundStake(p, 5e18);
        vm.expectEmit(address(staking));
        emit IStaking.Staked(p, 5e18, STAKE + 5e18, 0);
        vm.prank(p);
        staking.stake(5e18);
        assertEq(staking.activeStake(p), STAKE + 5e18);
        assertEq(assay.balanceOf(address(staking)), STAKE + 5e18);
    }

    function test_stake_refuses_zero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        staking.stake(0);
    }

    function test_stake_refuses_less_than_the_minimum() public {
        fundStake(delegator, 999e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingBelowMinimum.selector, 999e18, 1_000e18));
        vm.prank(delegator);
        staking.stake(999e18);
    }

    function test_stake_refuses_more_than_the_caller_has() public {
        fundStake(p, 1e18);
        vm.prank(p);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, p, 1e18, 2e18));
        staking.stake(2e18);
    }

    /// @dev No amount, however large, makes arithmetic panic.
    function testFuzz_amounts_that_do_not_fit_are_refused(uint256 tokens) public {
        delegate(delegator, p, STAKE);
        uint256 limit = type(uint128).max - STAKE;
        tokens = bound(tokens, limit + 1, type(uint256).max);
        bytes memory refusal = abi.encodeWithSelector(IStaking.StakingAmountTooLarge.selector, tokens, limit);
        vm.startPrank(p);
        vm.expectRevert(refusal);
        staking.stake(tokens);
        vm.expectRevert(refusal);
        staking.delegate(p, tokens, 0);
        tokens = bound(tokens, uint256(type(uint128).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingAmountTooLarge.selector, tokens, type(uint128).max));
        staking.addRewards(p, tokens);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, tokens, STAKE));
        staking.thaw(tokens);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, tokens, 0));
        staking.undelegate(p, tokens);
        vm.stopPrank();
    }

    function test_stake_refuses_while_paused() public {
        uint64 until = uint64(block.timestamp + 1 days);
        asGovernance(address(staking), abi.encodeCall(staking.pauseEntry, (until)));
        vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        staking.stake(1);
        vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        staking.delegate(p, 1e18, 0);
        vm.warp(until);
        stake(p, 1e18);
    }

    // ------------------------------------------------------------------ thaw and withdraw

    function test_thaw_then_withdraw() public {
        uint256 id = thaw(4_000e18);
        assertEq(id, 0);
        assertEq(staking.activeStake(p), STAKE - 4_000e18);
        assertEq(staking.slashable(p), STAKE);
        vm.warp(block.timestamp + THAW);
        vm.expectEmit(address(staking));
        emit IStaking.Withdrawn(p, 0, 4_000e18, STAKE - 4_000e18, 0);
        assertEq(staking.withdraw(p), 4_000e18);
        assertEq(assay.balanceOf(p), 4_000e18);
    }

    function test_withdraw_waits_for_the_thaw() public {
        thaw(4_000e18);
        vm.warp(block.timestamp + THAW - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNothingThawed.selector, p));
        staking.withdraw(p);
    }

    function test_withdraw_pays_all_due_requests_and_leaves_the_others() public {
        thaw(1_000e18);
        thaw(1_000e18);
        vm.warp(block.timestamp + 1 days);
        thaw(1_000e18);
        vm.warp(block.timestamp + THAW - 1 days);
        assertEq(staking.withdraw(p), 2_000e18);
        (uint256 first, ThawRequest[] memory open) = staking.thawRequests(p, address(0));
        assertEq(first, 2);
        assertEq(open.length, 1);
    }

    function test_thaw_refuses_zero_too_much_and_a_dust_remainder() public {
        vm.startPrank(p);
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        staking.thaw(0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, STAKE + 1, STAKE));
        staking.thaw(STAKE + 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingBelowMinimum.selector, 1, 1_000e18));
        staking.thaw(STAKE - 1);
        vm.stopPrank();
    }

    function test_thaw_of_everything_is_allowed() public {
        thaw(STAKE);
        assertEq(staking.activeStake(p), 0);
    }

    function test_thaw_queue_is_bounded() public {
        for (uint256 i = 0; i < 32; i++) {
            thaw(1);
        }
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingTooManyThaws.selector, 32));
        vm.prank(p);
        staking.thaw(1);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdraw(p), 32);
        thaw(1);
    }

    // ------------------------------------------------------------------ delegation

    function test_delegate_gives_shares_one_to_one_at_first() public {
        fundStake(delegator, 10e18);
        vm.expectEmit(address(staking));
        emit IStaking.Delegated(p, delegator, 10e18, 10e18, 10e18, 10e18, 0, 10e18);
        vm.prank(delegator);
        staking.delegate(p, 10e18, 10e18);
    }

    function test_delegate_refuses_less_than_the_minimum() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingBelowMinimum.selector, 1e18 - 1, 1e18));
        staking.delegate(p, 1e18 - 1, 0);
    }

    function test_delegate_refuses_fewer_shares_than_asked() public {
        fundStake(delegator, 10e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingTooFewShares.selector, 10e18, 10e18 + 1));
        vm.prank(delegator);
        staking.delegate(p, 10e18, 10e18 + 1);
    }

    function test_undelegate_then_withdraw() public {
        delegate(delegator, p, 10e18);
        undelegate(4e18);
        assertEq(staking.pool(p).tokens, 10e18);
        assertEq(staking.pool(p).thawingTokens, 4e18);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdrawDelegated(p, delegator), 4e18);
        assertEq(staking.pool(p).tokens, 6e18);
        assertEq(assay.balanceOf(delegator), 4e18);
    }

    function test_undelegate_refuses_zero_and_more_than_the_shares() public {
        delegate(delegator, p, 10e18);
        vm.startPrank(delegator);
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        staking.undelegate(p, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 11e18, 10e18));
        staking.undelegate(p, 11e18);
        vm.stopPrank();
    }

    function test_withdraw_delegated_waits_and_cannot_touch_own_stake() public {
        delegate(delegator, p, 10e18);
        undelegate(10e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNothingThawed.selector, delegator));
        staking.withdrawDelegated(p, delegator);
        thaw(STAKE);
        vm.warp(block.timestamp + THAW);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNothingThawed.selector, address(0)));
        staking.withdrawDelegated(p, address(0));
    }

    // ------------------------------------------------------------------ rewards

    function addRewards(uint256 amount) internal {
        usd.mint(address(this), amount);
        usd.approve(address(staking), amount);
        staking.addRewards(p, amount);
    }

    function test_rewards_follow_shares() public {
        address other = makeAddr("other");
        delegate(delegator, p, 30e18);
        delegate(other, p, 10e18);
        addRewards(40 * USD);
        assertEq(staking.rewardsOf(p, delegator), 30 * USD);
        assertEq(staking.rewardsOf(p, other), 10 * USD);
        vm.prank(delegator);
        assertEq(staking.claimRewards(p), 30 * USD);
        assertEq(usd.balanceOf(delegator), 30 * USD);
    }

    function test_rewards_before_a_delegation_are_not_its() public {
        delegate(delegator, p, 10e18);
        addRewards(10 * USD);
        address late = makeAddr("late");
        delegate(late, p, 10e18);
        assertEq(staking.rewardsOf(p, late), 0);
        assertEq(staking.rewardsOf(p, delegator), 10 * USD);
    }

    function test_thawing_shares_earn_nothing() public {
        delegate(delegator, p, 20e18);
        delegate(stranger.addr, p, 10e18);
        undelegate(10e18);
        addRewards(20 * USD);
        assertEq(staking.rewardsOf(p, delegator), 10 * USD);
        assertEq(staking.rewardsOf(p, stranger.addr), 10 * USD);
    }

    function test_rewards_refused_without_delegators() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingTooFewShares.selector, 0, 1));
        staking.addRewards(p, 1);
    }

    function test_claim_rewards_refuses_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNothingToClaim.selector, p, address(this)));
        staking.claimRewards(p);
    }

    function testFuzz_rewards_never_exceed_what_came_in(uint96 a, uint96 b, uint96 reward) public {
        a = uint96(bound(a, 1e18, 1e26));
        b = uint96(bound(b, 1e18, 1e26));
        reward = uint96(bound(reward, 1, 1e24));
        delegate(delegator, p, a);
        delegate(stranger.addr, p, b);
        addRewards(reward);
        uint256 paid = staking.rewardsOf(p, delegator) + staking.rewardsOf(p, stranger.addr);
        assertLe(paid, reward);
        assertGe(paid + 2, reward);
    }

    // ------------------------------------------------------------------ cut

    function test_cut_rises_at_once_and_falls_after_one_thaw() public {
        delegate(delegator, p, 10e18);
        assertEq(staking.delegatorCut(p), 0);
        vm.startPrank(p);
        staking.setDelegatorCut(300_000);
        assertEq(staking.delegatorCut(p), 300_000);
        vm.expectEmit(address(staking));
        emit IStaking.DelegatorCutSet(p, 300_000, 100_000, uint64(block.timestamp + THAW));
        staking.setDelegatorCut(100_000);
        vm.stopPrank();
        assertEq(staking.delegatorCut(p), 300_000);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.delegatorCut(p), 100_000);
    }

    function test_cut_is_zero_while_nobody_delegates() public {
        vm.prank(p);
        staking.setDelegatorCut(300_000);
        assertEq(staking.delegatorCut(p), 0);
    }

    function test_cut_refuses_more_than_everything() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingCutAboveOne.selector, 1_000_001));
        staking.setDelegatorCut(1_000_001);
    }

    // ------------------------------------------------------------------ slash

    function test_slash_takes_own_stake_first_and_burns_the_rest() public {
        delegate(delegator, p, 10_000e18);
        uint256 supply = assay.totalSupply();
        vm.expectEmit(address(staking));
        emit IStaking.Slashed(
            p, stranger.addr, "evidence", "conflict", 2_000e18, 0, 500e18, STAKE - 2_000e18, 0, 10_000e18, 0
        );
        (uint256 own, uint256 delegated, uint256 reward) = slash(2_000e18);
        assertEq(own, 2_000e18);
        assertEq(delegated, 0);
        assertEq(reward, 500e18);
        assertEq(assay.balanceOf(stranger.addr), 500e18);
        assertEq(assay.totalSupply(), supply - 1_500e18);
    }

    function test_slash_takes_at_most_a_twentieth_of_the_pool() public {
        delegate(delegator, p, 10_000e18);
        (uint256 own, uint256 delegated, uint256 reward) = slash(15_000e18);
        assertEq(own, STAKE);
        assertEq(delegated, 500e18);
        assertEq(reward, STAKE / 4);
        assertEq(staking.pool(p).tokens, 9_500e18);
    }

    function test_slash_reaches_thawing_stake_pro_rata() public {
        thaw(4_000e18);
        slash(5_000e18);
        assertEq(staking.ownStake(p).tokens, 5_000e18);
        assertEq(staking.ownStake(p).thawingTokens, 2_000e18);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdraw(p), 2_000e18);
    }

    function test_slash_reaches_thawing_delegation_pro_rata() public {
        delegate(delegator, p, 10_000e18);
        undelegate(10_000e18);
        slash(STAKE + 500e18);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdrawDelegated(p, delegator), 9_500e18);
    }

    function test_a_wipe_out_voids_open_requests() public {
        thaw(4_000e18);
        slash(STAKE);
        assertEq(staking.ownStake(p).nonce, 1);
        stake(p, 3_000e18);
        thaw(1_000e18);
        vm.warp(block.timestamp + THAW);
        assertEq(staking.withdraw(p), 1_000e18);
        assertEq(staking.ownStake(p).tokens, 2_000e18);
    }

    function test_slash_refuses_anyone_else() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNotSlasher.selector, address(this)));
        staking.slash(p, 1, 0, address(this), 0, 0);
    }

    function test_slash_refuses_a_reward_above_everything() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingCutAboveOne.selector, 1_000_001));
        vm.prank(address(disputes));
        staking.slash(p, 1, 1_000_001, address(this), 0, 0);
    }

    function test_slash_of_nobody_does_nothing() public {
        vm.prank(address(disputes));
        (uint256 own, uint256 delegated,) = staking.slash(delegator, 5, 0, address(this), 0, 0);
        assertEq(own + delegated, 0);
    }

    function test_slashable_counts_delegation_up_to_eight_times_own() public {
        delegate(delegator, p, 9 * STAKE);
        assertEq(staking.slashable(p), 9 * STAKE);
    }

    /// @dev The claim that slashing cannot be dodged: whatever thaws, a slash takes min(asked, own + its part of the pool).
    function testFuzz_thawing_never_dodges_a_slash(uint256 thawing, uint256 asked) public {
        delegate(delegator, p, 1_000e18);
        thawing = bound(thawing, 1, STAKE);
        if (STAKE - thawing < 1_000e18) thawing = STAKE;
        thaw(thawing);
        undelegate(700e18);
        asked = bound(asked, 1, 3 * STAKE);
        (uint256 own, uint256 delegated,) = slash(asked);
        assertEq(own, asked < STAKE ? asked : STAKE);
        uint256 rest = asked - own;
        assertEq(delegated, rest < 50e18 ? rest : 50e18);
        assertLe(staking.ownStake(p).thawingTokens, staking.ownStake(p).tokens);
        assertLe(staking.pool(p).thawingTokens, staking.pool(p).tokens);
    }

    // ------------------------------------------------------------------ rounding

    /// @dev Going in and out again never gains, whatever was slashed and whoever else is there.
    function testFuzz_rounding_is_against_the_leaver(uint96 a, uint96 b, uint256 cut, uint96 part) public {
        a = uint96(bound(a, 1e18, 1e25));
        b = uint96(bound(b, 1e18, 1e25));
        delegate(stranger.addr, p, a);
        slash(STAKE + bound(cut, 0, a));
        uint256 shares = delegate(delegator, p, b);
        part = uint96(bound(part, 1e6, shares));
        if (shares - part < 1e6) part = uint96(shares);
        uint256 before = staking.pool(p).tokens;
        undelegate(part);
        if (part != shares) undelegate(shares - part);
        vm.warp(block.timestamp + THAW);
        uint256 paid = staking.withdrawDelegated(p, delegator);
        assertLe(paid, b);
        assertEq(staking.pool(p).tokens, before - paid);
    }

    // ------------------------------------------------------------------ slasher and parameters

    function test_another_slasher_waits_longer_than_any_thaw() public {
        IdleSlasher next = new IdleSlasher(THAW);
        asGovernance(address(staking), abi.encodeCall(staking.announceSlasher, (address(next))));
        assertEq(staking.slasher(), address(disputes));
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherNotReady.selector, block.timestamp + 91 days));
        staking.acceptSlasher();
        vm.warp(block.timestamp + 91 days);
        staking.acceptSlasher();
        assertEq(staking.slasher(), address(next));
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherNotReady.selector, 0));
        staking.acceptSlasher();
    }

    /// @dev After nobody, the next slasher would be the first one and need no delay.
    function test_nobody_is_no_slasher() public {
        vm.startPrank(address(governance));
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherWithoutCode.selector, address(0)));
        staking.announceSlasher(address(0));
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingSlasherWithoutCode.selector, stranger.addr));
        staking.announceSlasher(stranger.addr);
        vm.stopPrank();
    }

    function test_a_slasher_that_needs_a_longer_thaw_is_not_announced() public {
        IdleSlasher next = new IdleSlasher(THAW + 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingThawTooShort.selector, THAW, THAW + 1));
        vm.prank(address(governance));
        staking.announceSlasher(address(next));
    }

    function test_a_slasher_that_needs_a_longer_thaw_by_then_is_not_installed() public {
        IdleSlasher next = new IdleSlasher(THAW);
        asGovernance(address(staking), abi.encodeCall(staking.announceSlasher, (address(next))));
        next.setRequiredThaw(THAW + 1);
        vm.warp(block.timestamp + 91 days);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingThawTooShort.selector, THAW, THAW + 1));
        staking.acceptSlasher();
        StakingParameters memory longer = stakingParameters();
        longer.thawPeriod = THAW + 1;
        asGovernance(address(staking), abi.encodeCall(staking.setParameters, (longer)));
        staking.acceptSlasher();
        assertEq(staking.slasher(), address(next));
    }

    function test_only_governance_sets() public {
        bytes memory refusal = abi.encodeWithSelector(IParameters.NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        staking.announceSlasher(address(this));
        vm.expectRevert(refusal);
        staking.setParameters(stakingParameters());
        vm.expectRevert(refusal);
        staking.pauseEntry(0);
    }

    function test_thaw_period_stays_above_all_dispute_windows() public {
        StakingParameters memory next = stakingParameters();
        next.thawPeriod = 10 days - 1;
        bytes memory call_ = abi.encodeCall(staking.setParameters, (next));
        vm.expectRevert(
            abi.encodeWithSelector(
                IParameters.ParameterOutOfBounds.selector, bytes32("thawPeriod"), 10 days - 1, 10 days, 90 days
            )
        );
        vm.prank(address(governance));
        staking.setParameters(next);
        next.thawPeriod = 10 days;
        call_ = abi.encodeCall(staking.setParameters, (next));
        asGovernance(address(staking), call_);
        assertEq(staking.parameters().thawPeriod, 10 days);
    }

    function testFuzz_parameters_stay_in_bounds(uint128 minStake, uint96 minDelegation, uint32 thawPeriod) public {
        vm.prank(address(governance));
        try staking.setParameters(StakingParameters(minStake, minDelegation, thawPeriod)) {
            assertTrue(minStake >= 1e18 && minStake <= 1e24);
            assertTrue(minDelegation >= 1e18 && minDelegation <= 1e24);
            assertTrue(thawPeriod >= disputes.requiredThaw() && thawPeriod <= 90 days);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IParameters.ParameterOutOfBounds.selector);
        }
    }
}
