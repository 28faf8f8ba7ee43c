// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {IStaking} from "../../contracts/interfaces/IStaking.sol";
import {Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";
import {IdleSlasher} from "../mocks/IdleSlasher.sol";

contract ConflictTest is AssayTest {
    Ticket internal ticket;
    JobReceipt internal a;
    JobReceipt internal b;

    function setUp() public override {
        super.setUp();
        ticket = ticketOf("job", 0);
        a = receiptOf(ticket, "a");
        b = receiptOf(ticket, "b");
    }

    function prove() internal returns (uint256) {
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = signReceipt(b);
        vm.prank(stranger.addr);
        return disputes.proveConflict(ticket, a, signatureA, b, signatureB);
    }

    function expectRefusal(bytes memory refusal) internal {
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = signReceipt(b);
        vm.expectRevert(refusal);
        disputes.proveConflict(ticket, a, signatureA, b, signatureB);
    }

    function test_slashes_rewards_and_forfeits() public {
        bytes32 sid = openSession(10 * USD);
        claim(sid, USD);
        bytes32 id = disputes.ticketDigest(ticket);
        bytes32 digestA = disputes.receiptDigest(a);
        bytes32 digestB = disputes.receiptDigest(b);
        vm.expectEmit(address(disputes));
        emit IDisputeManager.ConflictProven(provider.addr, stranger.addr, id, digestA, digestB, STAKE / 10, 920_000);
        assertEq(prove(), STAKE / 10);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE * 9 / 10);
        assertEq(assay.balanceOf(stranger.addr), STAKE / 40);
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured + matured, 0);
    }

    function test_refuses_the_same_receipt_twice() public {
        b = a;
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeSameReceipt.selector, disputes.receiptDigest(a)));
    }

    function test_refuses_receipts_of_other_tickets() public {
        bytes32 id = disputes.ticketDigest(ticket);
        b.ticket = "other";
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeTicketMismatch.selector, id, bytes32("other")));
        a.ticket = "other";
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeTicketMismatch.selector, id, bytes32("other")));
    }

    function test_refuses_an_unknown_signer() public {
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = sign(stranger, disputes.receiptDigest(b));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeUnknownSigner.selector, stranger.addr));
        disputes.proveConflict(ticket, a, signatureA, b, signatureB);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeUnknownSigner.selector, address(0)));
        disputes.proveConflict(ticket, a, "", b, signatureB);
    }

    function test_refuses_two_providers() public {
        registerProvider(stranger, key, STAKE);
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = sign(key, disputes.receiptDigest(b));
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeDifferentProviders.selector, provider.addr, stranger.addr)
        );
        disputes.proveConflict(ticket, a, signatureA, b, signatureB);
    }

    function test_refuses_old_evidence() public {
        uint256 last = ticket.deadline + 5 days;
        vm.warp(last + 1);
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeEvidenceTooOld.selector, last));
        vm.warp(last);
        prove();
    }

    function test_one_slash_a_ticket() public {
        prove();
        vm.warp(block.timestamp + 1 days);
        b = receiptOf(ticket, "c");
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeTicketUsed.selector, disputes.ticketDigest(ticket)));
    }

    function test_one_slash_a_day() public {
        prove();
        uint256 until = block.timestamp + 1 days;
        ticket = ticketOf("another", 0);
        a = receiptOf(ticket, "a");
        b = receiptOf(ticket, "b");
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeCooldown.selector, provider.addr, until));
        vm.warp(until);
        prove();
    }

    function test_earnings_are_forfeited_where_nothing_is_left_to_slash() public {
        vm.prank(provider.addr);
        staking.thaw(STAKE);
        vm.warp(block.timestamp + THAW - 1);
        claim(openSession(10 * USD), USD);
        ticket = ticketOf("worked on", 0);
        a = receiptOf(ticket, "a");
        b = receiptOf(ticket, "b");
        vm.warp(block.timestamp + 1);
        staking.withdraw(provider.addr);
        bytes32 id = disputes.ticketDigest(ticket);
        bytes32 digestA = disputes.receiptDigest(a);
        bytes32 digestB = disputes.receiptDigest(b);
        vm.expectEmit(address(disputes));
        emit IDisputeManager.ConflictProven(provider.addr, stranger.addr, id, digestA, digestB, 0, 920_000);
        assertEq(prove(), 0);
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured + matured, 0);
        assertEq(assay.balanceOf(stranger.addr), 0);
    }

    function test_a_key_just_retired_is_evidence_and_one_retired_long_ago_is_not() public {
        Vm.Wallet memory next = vm.createWallet("next");
        bytes memory proof = sign(next, providers.receiptKeyDigest(provider.addr, next.addr));
        vm.prank(provider.addr);
        providers.rotateKey(next.addr, proof);
        uint256 last = block.timestamp + 5 days;
        vm.warp(last + 1);
        ticket = ticketOf("dated later", 0);
        a = receiptOf(ticket, "a");
        b = receiptOf(ticket, "b");
        expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeEvidenceTooOld.selector, last));
        vm.warp(last);
        assertEq(prove(), STAKE / 10);
    }

    function test_works_while_everything_thaws() public {
        vm.prank(provider.addr);
        staking.thaw(STAKE);
        assertEq(prove(), STAKE / 10);
        assertEq(staking.ownStake(provider.addr).thawingTokens, STAKE * 9 / 10);
    }

    function test_a_manager_that_was_replaced_punishes_nobody() public {
        address next = address(new IdleSlasher(THAW));
        asGovernance(address(staking), abi.encodeCall(IStaking.announceSlasher, (next)));
        vm.warp(block.timestamp + 91 days);
        staking.acceptSlasher();
        ticket = ticketOf("job", 0);
        a = receiptOf(ticket, "a");
        b = receiptOf(ticket, "b");
        assertEq(prove(), 0);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE);
    }

    /// @dev Two receipts that differ in any one field are a conflict; the same one never is.
    function testFuzz_any_difference_is_a_conflict(uint8 field, uint256 value) public {
        field = uint8(bound(field, 0, 7));
        b = a;
        if (field == 0) b.execClass = bytes32(value);
        if (field == 1) b.inputRoot = bytes32(value);
        if (field == 2) b.outputRoot = bytes32(value);
        if (field == 3) b.fingerprintHash = bytes32(value);
        if (field == 4) b.units = uint64(value);
        if (field == 5) b.price = uint128(value);
        if (field == 6) b.startedAt = uint64(value);
        if (field == 7) b.finishedAt = uint64(value);
        bytes32 digest = disputes.receiptDigest(a);
        if (digest == disputes.receiptDigest(b)) {
            expectRefusal(abi.encodeWithSelector(IDisputeManager.DisputeSameReceipt.selector, digest));
        } else {
            assertEq(prove(), STAKE / 10);
        }
    }
}
