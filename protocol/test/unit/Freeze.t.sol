// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {AssayTest} from "../AssayTest.sol";

/// @notice A freeze moves nothing: it stops the clock, and when it ends the clock shows what it would have shown without it.
contract FreezeTest is AssayTest {
    uint256 internal constant SHARE = 920_000;
    uint256 internal constant FREEZE = 8 days;
    bytes32 internal sid;
    address internal p;

    function setUp() public override {
        super.setUp();
        sid = openSession(1_000 * USD);
        p = provider.addr;
    }

    function freeze(bytes32 id) internal returns (uint256) {
        return freezeFor(id, FREEZE);
    }

    function freezeFor(bytes32 id, uint256 howLong) internal returns (uint256) {
        vm.prank(address(disputes));
        return escrow.freezeEarnings(p, id, uint64(block.timestamp + howLong));
    }

    function release(bytes32 id) internal returns (uint256) {
        vm.prank(address(disputes));
        return escrow.releaseEarnings(id);
    }

    function forfeit(bytes32 id) internal returns (uint256) {
        vm.prank(address(disputes));
        return escrow.forfeitEarnings(p, id);
    }

    function wait(uint256 howLong) internal {
        vm.warp(vm.getBlockTimestamp() + howLong);
    }

    function assertEarnings(uint256 unmatured, uint256 matured) internal view {
        (uint256 a, uint256 b) = escrow.earningsOf(p);
        assertEq(a, unmatured, "unmatured");
        assertEq(b, matured, "matured");
    }

    // ------------------------------------------------------------------ while it lasts

    function test_nothing_matures_while_frozen() public {
        claim(sid, USD);
        uint64 until = uint64(block.timestamp + FREEZE);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsFrozen(p, "d", uint128(SHARE), until);
        assertEq(freeze("d"), SHARE);
        assertEq(escrow.frozenUntil(p), until);
        vm.warp(until - 1);
        claim(sid, 2 * USD);
        assertEarnings(2 * SHARE, 0);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, p));
        escrow.withdrawEarnings(p);
        assertEarnings(2 * SHARE, 0);
    }

    function test_what_had_matured_before_stays_withdrawable() public {
        claim(sid, USD);
        wait(EARNINGS_WINDOW);
        claim(sid, 2 * USD);
        wait(EARNINGS_WINDOW);
        assertEq(freeze("d"), SHARE);
        assertEarnings(SHARE, SHARE);
        assertEq(escrow.withdrawEarnings(p), SHARE);
    }

    function test_a_freeze_also_stops_bond_credits() public {
        addBond(5 * USD);
        claim(sid, 1_002 * USD);
        uint256 all = 1_000 * SHARE + 2 * USD;
        assertEq(freezeFor("d", 60 days), all);
        wait(2 * BOND_THAW);
        assertEarnings(all, 0);
        assertEq(release("d"), all);
        assertEarnings(0, all);
    }

    function test_a_freeze_is_the_accuseds_alone() public {
        freeze("d");
        claim(redemption(sid, stranger.addr, USD));
        wait(2 * EARNINGS_WINDOW);
        (, uint256 matured) = escrow.earningsOf(stranger.addr);
        assertEq(matured, SHARE);
    }

    // ------------------------------------------------------------------ its end

    function test_a_freeze_ends_by_itself() public {
        claim(sid, USD);
        freeze("d");
        wait(FREEZE);
        assertEq(escrow.frozenUntil(p), 0);
        assertEarnings(SHARE, 0);
        wait(2 * EARNINGS_WINDOW - FREEZE);
        assertEq(escrow.withdrawEarnings(p), SHARE);
    }

    function test_what_was_held_matures_when_the_freeze_ends_by_itself() public {
        claim(sid, USD);
        freezeFor("d", 3 * EARNINGS_WINDOW);
        wait(2 * EARNINGS_WINDOW);
        claim(sid, 3 * USD);
        wait(EARNINGS_WINDOW);
        assertEarnings(2 * SHARE, SHARE);
        assertEq(escrow.withdrawEarnings(p), SHARE);
        assertEarnings(2 * SHARE, 0);
    }

    function test_a_release_makes_nothing_mature_early() public {
        claim(sid, USD);
        freeze("d");
        wait(1 days);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsReleased(p, "d", uint128(SHARE), 0);
        assertEq(release("d"), 0);
        assertEq(escrow.frozenUntil(p), 0);
        assertEarnings(SHARE, 0);
        wait(2 * EARNINGS_WINDOW - 1 days - 1);
        assertEarnings(SHARE, 0);
        wait(1);
        assertEarnings(0, SHARE);
    }

    function test_a_release_lets_what_is_old_enough_mature_at_once() public {
        claim(sid, USD);
        freezeFor("d", 3 * EARNINGS_WINDOW);
        wait(2 * EARNINGS_WINDOW);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsMatured(p, uint128(SHARE), 0);
        assertEq(release("d"), SHARE);
        assertEq(release("d"), 0, "only once");
        assertEq(escrow.withdrawEarnings(p), SHARE);
    }

    function test_only_who_froze_releases_and_even_after_it_was_replaced() public {
        claim(sid, USD);
        freeze("d");
        wait(2 * FREEZE);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNotDisputeManager.selector, address(this)));
        escrow.releaseEarnings("d");
        vm.mockCall(address(staking), abi.encodeCall(staking.slasher, ()), abi.encode(stranger.addr));
        release("d");
        (address who,) = escrow.frozenBy("d");
        assertEq(who, address(0));
    }

    /// @dev Whatever is claimed whenever, and however often it was frozen: after the freezes two ledgers show the same.
    function testFuzz_the_clock_shows_the_original_age(uint32[6] memory gaps, uint8 frozenAt, uint8 releasedAt) public {
        uint256 start = block.timestamp;
        uint256 snapshot = vm.snapshotState();
        (uint256 unmatured, uint256 matured) = live(start, gaps, 99, 99);
        vm.revertToState(snapshot);
        (uint256 otherUnmatured, uint256 otherMatured) = live(start, gaps, frozenAt % 6, releasedAt % 7);
        assertEq(otherUnmatured, unmatured);
        assertEq(otherMatured, matured);
    }

    function live(uint256 start, uint32[6] memory gaps, uint8 frozenAt, uint8 releasedAt)
        internal
        returns (uint256, uint256)
    {
        uint256 time = start;
        for (uint256 i = 0; i < 6; i++) {
            time += bound(gaps[i], 0, 12 days);
            vm.warp(time);
            if (i == frozenAt) freezeFor("d", 10 days);
            if (i == releasedAt) release("d");
            claim(sid, (i + 1) * USD);
        }
        vm.warp(time + 10 days);
        return escrow.earningsOf(p);
    }

    // ------------------------------------------------------------------ several disputes

    function test_a_later_dispute_never_lengthens_a_freeze() public {
        freeze("d");
        uint64 until = escrow.frozenUntil(p);
        wait(FREEZE / 2);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsFrozen(p, "e", 0, until);
        freeze("e");
        assertEq(escrow.frozenUntil(p), until);
        (address who, uint64 endsAt) = escrow.frozenBy("e");
        assertEq(who, p);
        assertEq(endsAt, until);
    }

    function test_the_last_release_ends_a_freeze() public {
        claim(sid, USD);
        freeze("d");
        uint64 until = escrow.frozenUntil(p);
        freeze("e");
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsReleased(p, "d", uint128(SHARE), until);
        release("d");
        assertEq(escrow.frozenUntil(p), until);
        release("e");
        assertEq(escrow.frozenUntil(p), 0);
    }

    function test_a_release_leaves_a_freeze_that_began_later() public {
        freeze("d");
        freeze("e");
        wait(FREEZE);
        freeze("f");
        uint64 until = escrow.frozenUntil(p);
        release("d");
        release("e");
        assertEq(escrow.frozenUntil(p), until);
        release("f");
        assertEq(escrow.frozenUntil(p), 0);
    }

    function test_a_new_freeze_holds_back_nothing_that_one_held_back_before() public {
        claim(sid, USD);
        freezeFor("d", 3 * EARNINGS_WINDOW);
        wait(3 * EARNINGS_WINDOW);
        assertEq(freeze("e"), 0);
        assertEarnings(0, SHARE);
        assertEq(escrow.withdrawEarnings(p), SHARE);
    }

    function test_a_dispute_freezes_once() public {
        freeze("d");
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowAlreadyFrozen.selector, bytes32("d")));
        freeze("d");
    }

    function test_a_freeze_ends_in_the_future() public {
        uint64 now_ = uint64(block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(ISessionEscrow.EscrowFreezeOutOfBounds.selector, now_, now_ + 1, type(uint40).max)
        );
        freezeFor("d", 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISessionEscrow.EscrowFreezeOutOfBounds.selector, uint64(1 << 40), now_ + 1, type(uint40).max
            )
        );
        freezeFor("d", (1 << 40) - now_);
    }

    // ------------------------------------------------------------------ convictions

    function test_a_conviction_takes_everything_unmatured() public {
        addBond(5 * USD);
        claim(sid, USD);
        freezeFor("d", 3 * EARNINGS_WINDOW);
        wait(2 * EARNINGS_WINDOW);
        claim(sid, 1_002 * USD);
        uint256 all = 1_000 * SHARE + 2 * USD;
        assertEarnings(all, 0);
        uint256 before = escrow.fees(treasury);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.EarningsForfeited(p, "d", uint128(all));
        assertEq(forfeit("d"), all);
        assertEq(escrow.fees(treasury), before + all);
        assertEarnings(0, 0);
        assertEq(release("d"), 0);
        assertEarnings(0, 0);
    }

    function test_a_freeze_of_one_dispute_shields_from_no_other() public {
        claim(sid, USD);
        freeze("accomplice's");
        assertEq(forfeit("any other"), SHARE);
        assertEarnings(0, 0);
    }

    function test_a_conviction_ends_no_freeze() public {
        freeze("d");
        uint64 until = escrow.frozenUntil(p);
        forfeit("e");
        assertEq(escrow.frozenUntil(p), until);
        claim(sid, USD);
        wait(FREEZE - 1);
        assertEarnings(SHARE, 0);
    }

    function test_a_conviction_spares_what_had_matured() public {
        claim(sid, USD);
        wait(2 * EARNINGS_WINDOW);
        assertEq(forfeit("d"), 0);
        assertEarnings(0, SHARE);
    }

    function test_a_conviction_spares_what_matured_when_a_freeze_ended() public {
        claim(sid, USD);
        freezeFor("d", 3 * EARNINGS_WINDOW);
        wait(3 * EARNINGS_WINDOW);
        assertEq(forfeit("d"), 0);
        assertEarnings(0, SHARE);
    }

    function test_only_the_dispute_manager_freezes_and_forfeits() public {
        bytes memory refusal = abi.encodeWithSelector(ISessionEscrow.EscrowNotDisputeManager.selector, address(this));
        vm.expectRevert(refusal);
        escrow.freezeEarnings(p, "d", type(uint40).max);
        vm.expectRevert(refusal);
        escrow.forfeitEarnings(p, "d");
    }
}
