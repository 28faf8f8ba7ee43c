// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {Bond, EscrowParameters, ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

contract EarningsTest is AssayTest {
    uint256 internal constant SHARE = 920_000;
    bytes32 internal sid;
    address internal p;

    function setUp() public override {
        super.setUp();
        sid = openSession(10 * USD);
        p = provider.addr;
    }

    function assertEarnings(uint256 unmatured, uint256 matured) internal view {
        (uint256 a, uint256 b) = escrow.earningsOf(p);
        assertEq(a, unmatured, "unmatured");
        assertEq(b, matured, "matured");
    }

    // ------------------------------------------------------------------ maturing

    function test_earnings_wait_one_to_two_windows() public {
        claim(sid, USD);
        vm.warp(block.timestamp + EARNINGS_WINDOW);
        assertEarnings(SHARE, 0);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, p));
        escrow.withdrawEarnings(p);
        vm.warp(block.timestamp + EARNINGS_WINDOW);
        assertEarnings(0, SHARE);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsMatured(p, uint128(SHARE), 0);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsWithdrawn(p, p, uint128(SHARE), 0);
        assertEq(escrow.withdrawEarnings(p), SHARE);
        assertEq(usd.balanceOf(p), SHARE);
    }

    function test_each_bucket_matures_in_its_turn() public {
        claim(sid, USD);
        vm.warp(block.timestamp + EARNINGS_WINDOW);
        claim(sid, 2 * USD);
        assertEarnings(2 * SHARE, 0);
        vm.warp(block.timestamp + EARNINGS_WINDOW);
        assertEarnings(SHARE, SHARE);
        claim(sid, 3 * USD);
        assertEarnings(2 * SHARE, SHARE);
        assertEq(escrow.withdrawEarnings(p), SHARE);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        assertEq(escrow.withdrawEarnings(p), 2 * SHARE);
    }

    /// @dev No amount is withdrawable before one window or later than two after it was earned.
    function testFuzz_no_amount_matures_early_or_late(uint32[8] memory gaps) public {
        uint256[8] memory times;
        for (uint256 i = 0; i < 8; i++) {
            vm.warp(block.timestamp + bound(gaps[i], 0, 2 * EARNINGS_WINDOW));
            claim(sid, (i + 1) * USD);
            times[i] = block.timestamp;
            (uint256 unmatured, uint256 matured) = escrow.earningsOf(p);
            uint256 tooYoung = 0;
            uint256 tooOld = 0;
            for (uint256 j = 0; j <= i; j++) {
                if (block.timestamp - times[j] < EARNINGS_WINDOW) tooYoung += SHARE;
                if (block.timestamp - times[j] >= 2 * EARNINGS_WINDOW) tooOld += SHARE;
            }
            assertGe(unmatured, tooYoung);
            assertGe(matured, tooOld);
            assertEq(unmatured + matured, (i + 1) * SHARE);
        }
    }

    // ------------------------------------------------------------------ another window

    function setWindow(uint32 window) internal {
        EscrowParameters memory next = escrowParameters();
        next.earningsWindow = window;
        asGovernance(address(escrow), abi.encodeCall(escrow.setParameters, (next)));
    }

    function test_a_longer_window_delays_nothing_that_waits() public {
        uint256 start = block.timestamp;
        claim(sid, USD);
        vm.warp(start + 1 days);
        setWindow(90 days);
        claim(sid, 2 * USD);
        vm.warp(start + EARNINGS_WINDOW);
        claim(sid, 3 * USD);
        vm.warp(start + 2 * EARNINGS_WINDOW - 1);
        assertEarnings(3 * SHARE, 0);
        vm.warp(start + 2 * EARNINGS_WINDOW);
        assertEarnings(SHARE, 2 * SHARE);
    }

    function test_a_longer_window_counts_from_the_next_bucket_on() public {
        uint256 start = block.timestamp;
        claim(sid, USD);
        setWindow(20 days);
        vm.warp(start + EARNINGS_WINDOW);
        claim(sid, 2 * USD);
        vm.warp(start + EARNINGS_WINDOW + 20 days);
        assertEarnings(SHARE, SHARE);
        vm.warp(start + 2 * EARNINGS_WINDOW + 20 days);
        assertEarnings(0, 2 * SHARE);
    }

    function test_a_shorter_window_counts_from_the_next_bucket_on() public {
        uint256 start = block.timestamp;
        claim(sid, USD);
        setWindow(1 days);
        vm.warp(start + EARNINGS_WINDOW);
        claim(sid, 2 * USD);
        vm.warp(start + EARNINGS_WINDOW + 1 days);
        assertEarnings(SHARE, SHARE);
        vm.warp(start + EARNINGS_WINDOW + 2 days);
        assertEarnings(0, 2 * SHARE);
    }

    /// @dev However the window changes: nothing waits less than the shortest, nor more than twice the longest so far.
    function testFuzz_no_window_delays_what_came_before_it(uint32[8] memory gaps, uint32[8] memory windows) public {
        uint256 time = block.timestamp;
        uint256[8] memory times;
        uint256[8] memory longest;
        uint256 shortest = EARNINGS_WINDOW;
        for (uint256 i = 0; i < 8; i++) {
            uint256 window = bound(windows[i], 1 hours, 20 days);
            setWindow(uint32(window));
            shortest = window < shortest ? window : shortest;
            longest[i] = i == 0 ? EARNINGS_WINDOW : longest[i - 1];
            longest[i] = window > longest[i] ? window : longest[i];
            time += bound(gaps[i], 0, 20 days);
            vm.warp(time);
            times[i] = time;
            claim(sid, (i + 1) * USD);
            assertWaits(times, longest, shortest, i);
        }
    }

    function assertWaits(uint256[8] memory times, uint256[8] memory longest, uint256 shortest, uint256 last)
        internal
        view
    {
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(p);
        uint256 tooYoung = 0;
        uint256 tooOld = 0;
        for (uint256 i = 0; i <= last; i++) {
            if (times[last] - times[i] < shortest) tooYoung += SHARE;
            if (times[last] - times[i] >= 2 * longest[i]) tooOld += SHARE;
        }
        assertGe(unmatured, tooYoung);
        assertGe(matured, tooOld);
        assertEq(unmatured + matured, (last + 1) * SHARE);
    }

    function test_payout_goes_where_the_provider_said() public {
        vm.prank(p);
        providers.setPayout(stranger.addr);
        claim(sid, USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(p);
        assertEq(usd.balanceOf(stranger.addr), SHARE);
    }

    function test_delegators_get_their_cut() public {
        delegate(delegator, p, 100e18);
        vm.prank(p);
        staking.setDelegatorCut(250_000);
        claim(sid, USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(p);
        assertEq(usd.balanceOf(p), 690_000);
        assertEq(staking.rewardsOf(p, delegator), 230_000);
    }

    function test_delegators_need_not_wait_for_the_provider() public {
        delegate(delegator, p, 100e18);
        vm.prank(p);
        staking.setDelegatorCut(250_000);
        claim(sid, USD);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, p));
        escrow.shareEarnings(p);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsShared(p, 690_000, 230_000);
        escrow.shareEarnings(p);
        assertEq(staking.rewardsOf(p, delegator), 230_000);
        assertEarnings(0, 690_000);
        vm.prank(p);
        staking.setDelegatorCut(1_000_000);
        assertEq(escrow.withdrawEarnings(p), 690_000, "what was shared is not shared again");
    }

    // ------------------------------------------------------------------ fees

    function test_fees_are_paid_to_their_owner_by_anyone() public {
        claim(sid, USD);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.FeesWithdrawn(publisher, 50_000);
        escrow.withdrawFees(publisher);
        assertEq(usd.balanceOf(publisher), 50_000);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, publisher));
        escrow.withdrawFees(publisher);
    }

    // ------------------------------------------------------------------ bond

    function test_bond_added_by_anyone() public {
        usd.mint(address(this), USD);
        usd.approve(address(escrow), USD);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.BondAdded(gateway.addr, address(this), uint128(USD), uint128(USD));
        escrow.bond(gateway.addr, USD);
        assertEq(escrow.bondOf(gateway.addr).tokens, USD);
    }

    function test_bond_refuses_zero_and_nobody() public {
        vm.expectRevert(ISessionEscrow.EscrowZeroAmount.selector);
        escrow.bond(gateway.addr, 0);
        vm.expectRevert(ISessionEscrow.EscrowZeroAddress.selector);
        escrow.bond(address(0), 1);
    }

    function test_bond_thaws_then_leaves() public {
        addBond(5 * USD);
        uint256 before = usd.balanceOf(gateway.addr);
        vm.startPrank(gateway.addr);
        vm.expectRevert(ISessionEscrow.EscrowZeroAmount.selector);
        escrow.thawBond(0);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowBondTooSmall.selector, 5 * USD + 1, 5 * USD));
        escrow.thawBond(5 * USD + 1);
        escrow.thawBond(2 * USD);
        vm.stopPrank();
        uint64 due = uint64(block.timestamp + BOND_THAW);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowTooEarly.selector, due));
        escrow.withdrawBond(gateway.addr);
        vm.warp(due);
        assertEq(escrow.withdrawBond(gateway.addr), 2 * USD);
        assertEq(usd.balanceOf(gateway.addr), before + 2 * USD);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, gateway.addr));
        escrow.withdrawBond(gateway.addr);
    }

    function test_thawing_more_starts_the_wait_again() public {
        addBond(5 * USD);
        vm.startPrank(gateway.addr);
        escrow.thawBond(USD);
        vm.warp(block.timestamp + BOND_THAW - 1);
        escrow.thawBond(USD);
        vm.stopPrank();
        assertEq(escrow.bondOf(gateway.addr).withdrawableAt, block.timestamp + BOND_THAW);
        assertEq(escrow.bondOf(gateway.addr).thawing, 2 * USD);
    }

    function test_bond_covers_a_shortfall_and_bars_the_gateway() public {
        addBond(5 * USD);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.GatewayBarred(gateway.addr, sid, uint128(2 * USD));
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.BondUsed(gateway.addr, sid, p, uint128(2 * USD), uint128(3 * USD));
        claim(sid, 12 * USD);
        Bond memory bond = escrow.bondOf(gateway.addr);
        assertTrue(bond.barred);
        assertEq(bond.tokens, 3 * USD);
        assertEarnings(10 * SHARE + 2 * USD, 0);
        Grant memory next = grantOf("next");
        bytes memory authorization = authorize(payer, USD, escrow.grantDigest(next));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowGatewayBarred.selector, gateway.addr));
        escrow.open(next, USD, 0, type(uint256).max, authorization);
    }

    function test_bond_credits_mature_after_the_bonds_own_thaw() public {
        addBond(5 * USD);
        claim(sid, 12 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        assertEq(escrow.withdrawEarnings(p), 10 * SHARE);
        vm.warp(block.timestamp + BOND_THAW - 2 * EARNINGS_WINDOW);
        assertEarnings(2 * USD, 0);
        vm.warp(block.timestamp + BOND_THAW);
        assertEq(escrow.withdrawEarnings(p), 2 * USD);
    }

    function test_a_thawing_bond_still_covers() public {
        addBond(5 * USD);
        vm.prank(gateway.addr);
        escrow.thawBond(5 * USD);
        claim(sid, 12 * USD);
        assertEq(escrow.bondOf(gateway.addr).thawing, 3 * USD);
        vm.warp(block.timestamp + BOND_THAW);
        assertEq(escrow.withdrawBond(gateway.addr), 3 * USD);
    }

    function test_a_gateway_without_bond_is_barred_all_the_same() public {
        claim(sid, 12 * USD);
        assertTrue(escrow.bondOf(gateway.addr).barred);
        assertEarnings(10 * SHARE, 0);
    }

    // ------------------------------------------------------------------ parameters

    function test_only_governance_sets() public {
        bytes memory refusal = abi.encodeWithSelector(IParameters.NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        escrow.setParameters(escrowParameters());
        vm.expectRevert(refusal);
        escrow.setTreasury(address(this));
        vm.expectRevert(refusal);
        escrow.pauseEntry(0);
    }

    function test_treasury_moves_and_is_never_nobody() public {
        asGovernance(address(escrow), abi.encodeCall(escrow.setTreasury, (stranger.addr)));
        claim(sid, USD);
        assertEq(escrow.fees(stranger.addr), 10_000);
        vm.expectRevert(ISessionEscrow.EscrowZeroAddress.selector);
        vm.prank(address(governance));
        escrow.setTreasury(address(0));
    }

    function test_setting_parameters_keeps_a_pause() public {
        uint64 until = uint64(block.timestamp + 1 days);
        asGovernance(address(escrow), abi.encodeCall(escrow.pauseEntry, (until)));
        asGovernance(address(escrow), abi.encodeCall(escrow.setParameters, (escrowParameters())));
        assertEq(escrow.pausedUntil(), until);
    }

    function test_a_pause_lasts_thirty_days_at_most() public {
        uint64 until = uint64(block.timestamp + 30 days + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IParameters.ParameterOutOfBounds.selector, bytes32("pausedUntil"), until, 0, until - 1
            )
        );
        vm.prank(address(governance));
        escrow.pauseEntry(until);
    }

    function testFuzz_parameters_stay_in_bounds(EscrowParameters memory next) public {
        vm.prank(address(governance));
        try escrow.setParameters(next) {
            assertLe(next.protocolFeePpm, 50_000);
            assertTrue(next.minDeposit >= 1 && next.minDeposit <= 1e12);
            assertTrue(next.minWithdrawDelay >= 15 minutes && next.minWithdrawDelay <= 30 days);
            assertTrue(next.earningsWindow >= 15 minutes && next.earningsWindow <= 90 days);
            assertTrue(next.bondThaw >= 15 minutes && next.bondThaw <= 90 days);
            assertEq(abi.encode(escrow.parameters()), abi.encode(next));
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IParameters.ParameterOutOfBounds.selector);
        }
    }
}
