// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {ISessionEscrow, Session, SessionState} from "../../contracts/interfaces/ISessionEscrow.sol";
import {ITestUSD} from "../../contracts/interfaces/ITestUSD.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

contract SessionLifeTest is AssayTest {
    function openExpecting(Grant memory grant, uint256 deposit, bytes memory refusal) internal {
        bytes memory authorization = authorize(payer, deposit, escrow.grantDigest(grant));
        vm.expectRevert(refusal);
        escrow.open(grant, deposit, 0, type(uint256).max, authorization);
    }

    // ------------------------------------------------------------------ open

    function test_open_moves_the_deposit_and_reports_the_grant() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = escrow.grantDigest(g);
        bytes memory authorization = authorize(payer, USD, sid);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.SessionOpened(
            sid,
            payer.addr,
            gateway.addr,
            key.addr,
            GATEWAY_FEE_PPM,
            uint128(USD),
            g.expiresAt,
            WITHDRAW_DELAY,
            0,
            "salt"
        );
        assertEq(escrow.open(g, USD, 0, type(uint256).max, authorization), sid);
        Session memory s = escrow.session(sid);
        assertEq(s.key, key.addr);
        assertEq(s.gateway, gateway.addr);
        assertEq(s.gatewayFeePpm, GATEWAY_FEE_PPM);
        assertEq(s.balance, USD);
        assertEq(uint8(s.state), uint8(SessionState.OPEN));
        assertEq(usd.balanceOf(address(escrow)), USD);
    }

    function test_open_refuses_a_second_time() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowSessionExists.selector, sid));
    }

    function test_open_refuses_a_zero_key() public {
        Grant memory g = grantOf("salt");
        g.key = address(0);
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowZeroKey.selector));
    }

    function test_open_refuses_a_fee_above_the_limit() public {
        Grant memory g = grantOf("salt");
        g.gatewayFeePpm = 50_001;
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowGatewayFeeTooHigh.selector, 50_001, 50_000));
        g.gatewayFeePpm = 65_536 + 1;
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowGatewayFeeTooHigh.selector, 65_537, 50_000));
    }

    function test_open_refuses_a_fee_for_nobody() public {
        Grant memory g = grantOf("salt");
        g.gateway = address(0);
        openExpecting(
            g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowGatewayFeeTooHigh.selector, GATEWAY_FEE_PPM, 0)
        );
    }

    function test_open_refuses_an_expired_or_endless_grant() public {
        Grant memory g = grantOf("salt");
        g.expiresAt = uint64(block.timestamp);
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowGrantExpired.selector, g.expiresAt));
        g.expiresAt = type(uint64).max;
        uint256 limit = block.timestamp + 366 days;
        openExpecting(g, USD, abi.encodeWithSelector(ISessionEscrow.EscrowGrantTooLong.selector, g.expiresAt, limit));
    }

    function test_open_refuses_a_withdraw_delay_out_of_bounds() public {
        Grant memory g = grantOf("salt");
        g.withdrawDelay = WITHDRAW_DELAY - 1;
        bytes4 selector = ISessionEscrow.EscrowWithdrawDelayOutOfBounds.selector;
        openExpecting(g, USD, abi.encodeWithSelector(selector, WITHDRAW_DELAY - 1, WITHDRAW_DELAY, 30 days));
        g.withdrawDelay = 30 days + 1;
        openExpecting(g, USD, abi.encodeWithSelector(selector, 30 days + 1, WITHDRAW_DELAY, 30 days));
    }

    function test_open_refuses_zero_dust_and_more_than_a_session_holds() public {
        Grant memory g = grantOf("salt");
        openExpecting(g, 0, abi.encodeWithSelector(ISessionEscrow.EscrowZeroAmount.selector));
        openExpecting(g, 99_999, abi.encodeWithSelector(ISessionEscrow.EscrowDepositTooSmall.selector, 99_999, 100_000));
        bytes4 selector = ISessionEscrow.EscrowAmountTooLarge.selector;
        openExpecting(g, 1 << 96, abi.encodeWithSelector(selector, uint256(1) << 96, type(uint96).max));
        openExpecting(g, type(uint256).max, abi.encodeWithSelector(selector, type(uint256).max, type(uint96).max));
    }

    /// @dev No amount, however large, makes arithmetic panic.
    function testFuzz_amounts_that_do_not_fit_are_refused(uint256 amount) public {
        bytes32 sid = openSession(USD);
        addBond(USD);
        uint256 limit = type(uint96).max - USD;
        amount = bound(amount, limit + 1, type(uint256).max);
        bytes memory refusal = abi.encodeWithSelector(ISessionEscrow.EscrowAmountTooLarge.selector, amount, limit);
        vm.expectRevert(refusal);
        escrow.topUpWithApproval(sid, amount);
        vm.expectRevert(refusal);
        escrow.topUp(sid, payer.addr, amount, 0, type(uint256).max, "salt", new bytes(65));
        vm.expectRevert(refusal);
        escrow.bond(gateway.addr, amount);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowBondTooSmall.selector, amount, USD));
        vm.prank(gateway.addr);
        escrow.thawBond(amount);
    }

    function test_open_refuses_more_than_the_escrow_can_hold() public {
        usd.mint(address(escrow), type(uint96).max);
        bytes4 selector = ISessionEscrow.EscrowAmountTooLarge.selector;
        uint256 total = uint256(type(uint96).max) + USD;
        openExpecting(grantOf("salt"), USD, abi.encodeWithSelector(selector, total, type(uint96).max));
    }

    function test_open_refuses_a_signature_of_another_length() public {
        Grant memory g = grantOf("salt");
        for (uint256 length = 0; length < 67; length += 66) {
            vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowBadSignatureLength.selector, length));
            escrow.open(g, USD, 0, type(uint256).max, new bytes(length));
        }
    }

    function test_open_refuses_an_authorisation_for_another_amount_or_time() public {
        Grant memory g = grantOf("salt");
        bytes memory authorization = authorize(payer, USD, escrow.grantDigest(g));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.open(g, 2 * USD, 0, type(uint256).max, authorization);
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.open(g, USD, 0, type(uint256).max - 1, authorization);
    }

    /// @dev Whoever changes one field of the grant changes the nonce the payer must have signed.
    function testFuzz_open_refuses_a_changed_grant(uint8 field, uint256 value) public {
        Grant memory g = grantOf("salt");
        bytes memory authorization = authorize(payer, USD, escrow.grantDigest(g));
        bytes32 before = escrow.grantDigest(g);
        field = uint8(bound(field, 0, 6));
        if (field == 0) g.key = address(uint160(bound(value, 1, type(uint160).max)));
        if (field == 1) g.gateway = address(uint160(bound(value, 1, type(uint160).max)));
        if (field == 2) g.gatewayFeePpm = uint32(bound(value, 0, 50_000));
        if (field == 3) g.expiresAt = uint64(bound(value, block.timestamp + 1, block.timestamp + 365 days));
        if (field == 4) g.withdrawDelay = uint32(bound(value, WITHDRAW_DELAY, 30 days));
        if (field == 5) g.policy = bytes32(value);
        if (field == 6) g.salt = bytes32(value);
        vm.assume(escrow.grantDigest(g) != before);
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.open(g, USD, 0, type(uint256).max, authorization);
    }

    function test_open_refuses_while_paused_but_everything_else_goes_on() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, 10 * USD);
        uint64 until = uint64(block.timestamp + 7 days);
        asGovernance(address(escrow), abi.encodeCall(escrow.pauseEntry, (until)));
        assertEq(escrow.pausedUntil(), until);
        openExpecting(grantOf("other"), USD, abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        escrow.topUpWithApproval(sid, USD);
        claim(sid, USD);
        vm.prank(payer.addr);
        escrow.close(g);
        vm.warp(block.timestamp + WITHDRAW_DELAY);
        escrow.withdraw(g);
        assertEq(uint8(escrow.session(sid).state), uint8(SessionState.WITHDRAWN));
    }

    function test_open_with_approval_only_for_oneself() public {
        Grant memory g = grantOf("salt");
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNotPayer.selector, address(this), payer.addr));
        escrow.openWithApproval(g, USD);
        vm.startPrank(payer.addr);
        usd.approve(address(escrow), USD);
        bytes32 sid = escrow.openWithApproval(g, USD);
        vm.stopPrank();
        assertEq(escrow.session(sid).balance, USD);
    }

    // ------------------------------------------------------------------ top up

    function test_top_up_by_authorisation_of_anyone() public {
        bytes32 sid = openSession(USD);
        usd.mint(stranger.addr, USD);
        bytes memory authorization = authorize(stranger, USD, escrow.topUpDigest(sid, "t"));
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.SessionToppedUp(sid, stranger.addr, uint128(USD), uint128(2 * USD));
        escrow.topUp(sid, stranger.addr, USD, 0, type(uint256).max, "t", authorization);
        assertEq(escrow.session(sid).balance, 2 * USD);
    }

    function test_top_up_refuses_an_unknown_or_closing_session_and_zero() public {
        bytes4 selector = ISessionEscrow.EscrowSessionNotOpen.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32("x"), SessionState.NONE));
        escrow.topUpWithApproval("x", USD);
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        vm.expectRevert(ISessionEscrow.EscrowZeroAmount.selector);
        escrow.topUpWithApproval(sid, 0);
        vm.prank(key.addr);
        escrow.close(g);
        vm.expectRevert(abi.encodeWithSelector(selector, sid, SessionState.CLOSING));
        escrow.topUpWithApproval(sid, USD);
    }

    // ------------------------------------------------------------------ close and withdraw

    function test_close_by_key_then_withdraw_by_anyone_to_the_payer() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        uint64 due = uint64(block.timestamp + WITHDRAW_DELAY);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.SessionClosing(sid, key.addr, due, uint128(USD));
        vm.prank(key.addr);
        escrow.close(g);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowTooEarly.selector, due));
        escrow.withdraw(g);
        vm.warp(due);
        uint256 before = usd.balanceOf(payer.addr);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.SessionWithdrawn(sid, payer.addr, uint128(USD));
        assertEq(escrow.withdraw(g), USD);
        assertEq(usd.balanceOf(payer.addr), before + USD);
    }

    function test_close_refuses_strangers_and_a_second_time() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        bytes4 selector = ISessionEscrow.EscrowNotPayerOrKey.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, sid, stranger.addr));
        vm.prank(stranger.addr);
        escrow.close(g);
        vm.prank(payer.addr);
        escrow.close(g);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowSessionNotOpen.selector, sid, SessionState.CLOSING));
        vm.prank(payer.addr);
        escrow.close(g);
    }

    function test_close_by_signature_of_payer_or_key() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        bytes memory bad = sign(stranger, escrow.closeDigest(sid));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNotPayerOrKey.selector, sid, stranger.addr));
        escrow.closeBySig(g, bad);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNotPayerOrKey.selector, sid, address(0)));
        escrow.closeBySig(g, "short");
        escrow.closeBySig(g, sign(payer, escrow.closeDigest(sid)));
        assertEq(uint8(escrow.session(sid).state), uint8(SessionState.CLOSING));
        Grant memory second = grantOf("second");
        bytes32 sid2 = openSession(second, USD);
        escrow.closeBySig(second, sign(key, escrow.closeDigest(sid2)));
        assertEq(uint8(escrow.session(sid2).state), uint8(SessionState.CLOSING));
    }

    function test_withdraw_after_expiry_needs_no_close() public {
        Grant memory g = grantOf("salt");
        openSession(g, USD);
        uint64 due = g.expiresAt + WITHDRAW_DELAY;
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowTooEarly.selector, due));
        escrow.withdraw(g);
        vm.warp(due);
        assertEq(escrow.withdraw(g), USD);
    }

    function test_a_late_close_does_not_delay_the_expiry() public {
        Grant memory g = grantOf("salt");
        g.withdrawDelay = 30 days;
        openSession(g, USD);
        vm.warp(g.expiresAt + 30 days - 1);
        vm.prank(payer.addr);
        escrow.close(g);
        vm.warp(g.expiresAt + 30 days);
        assertEq(escrow.withdraw(g), USD);
    }

    function test_withdrawn_is_the_end() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        vm.warp(g.expiresAt + WITHDRAW_DELAY);
        escrow.withdraw(g);
        bytes memory refusal =
            abi.encodeWithSelector(ISessionEscrow.EscrowSessionNotOpen.selector, sid, SessionState.WITHDRAWN);
        vm.expectRevert(refusal);
        escrow.withdraw(g);
        vm.prank(payer.addr);
        vm.expectRevert(refusal);
        escrow.close(g);
        vm.prank(payer.addr);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowSessionExists.selector, sid));
        escrow.openWithApproval(g, USD);
    }

    function test_withdraw_refuses_an_unknown_session() public {
        Grant memory g = grantOf("never");
        bytes32 sid = escrow.grantDigest(g);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowSessionNotOpen.selector, sid, SessionState.NONE));
        escrow.withdraw(g);
    }

    function test_withdraw_of_an_empty_session_ends_it() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        claim(sid, USD);
        vm.warp(g.expiresAt + WITHDRAW_DELAY);
        assertEq(escrow.withdraw(g), 0);
    }
}
