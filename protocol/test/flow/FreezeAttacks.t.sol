// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeStatus} from "../../contracts/interfaces/IDisputeManager.sol";
import {Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice What an accused could hope for from disputes that an accomplice opens against it.
contract FreezeAttacksTest is DisputeTest {
    int32 internal constant UNAVAILABLE = type(int32).max;
    uint256 internal constant SHARE = 920_000;

    function earned(uint256 amount) internal returns (uint256) {
        claim(openSession(10 * USD), amount);
        return amount * SHARE / USD;
    }

    function unmatured() internal view returns (uint256 waiting) {
        (waiting,) = escrow.earningsOf(provider.addr);
    }

    function test_attack_an_accomplices_dispute_shields_earnings_from_a_conflict() public {
        uint256 share = earned(5 * USD);
        bytes32 id = openDispute();
        proveConflict(ticketOf("cheat", 0));
        assertEq(unmatured(), 0);
        assertEq(escrow.fees(treasury), 50_000 + share);
        vote(id, [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
        assertTrue(resolve(id) == DisputeStatus.DRAWN);
        (, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(matured, 0);
    }

    function test_attack_an_accomplices_dispute_pays_earnings_early() public {
        uint256 share = earned(5 * USD);
        uint256 start = block.timestamp;
        bytes32 id = openDispute();
        resolve(id);
        assertLt(block.timestamp, start + EARNINGS_WINDOW);
        assertEq(unmatured(), share);
        vm.warp(start + 2 * EARNINGS_WINDOW - 1);
        assertEq(unmatured(), share);
    }

    /// @dev The accomplice's dispute began first and ends first; the other's verdict still finds everything.
    function test_attack_an_accomplices_dispute_ends_before_the_verdict() public {
        uint256 share = earned(5 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW - 1 days);
        bytes32 first = dispute("first");
        vm.warp(disputes.dispute(first).revealEnds - 1);
        bytes32 second = dispute("second");
        vm.warp(disputes.dispute(first).revealEnds);
        disputes.resolve(first);
        vm.warp(disputes.dispute(second).revealEnds - 1);
        assertEq(unmatured(), share, "earned more than two windows ago, and still in reach");
        vm.prank(address(disputes));
        assertEq(escrow.forfeitEarnings(provider.addr, second), share);
    }

    /// @dev Opened in the first one's last second, and resolved as late as one reveal window after its own end.
    function test_attack_a_dispute_that_nobody_resolves_lets_go_before_the_last_ones_verdict() public {
        uint256 share = earned(5 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW - 1 days);
        bytes32 first = dispute("first");
        vm.warp(disputes.dispute(first).revealEnds - 1);
        bytes32 second = dispute("second");
        vote(second, [int32(5000), 5000, 5000]);
        vm.warp(disputes.dispute(second).revealEnds + 2 days);
        assertEq(unmatured(), share, "earned more than two windows ago, and still in reach");
        uint256 before = escrow.fees(treasury);
        assertTrue(disputes.resolve(second) == DisputeStatus.GUILTY);
        assertEq(escrow.fees(treasury), before + share);
    }

    function test_a_freeze_ends_by_itself_where_nobody_resolves() public {
        uint256 share = earned(5 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW - 1 days);
        dispute("first");
        uint64 until = escrow.frozenUntil(provider.addr);
        vm.warp(until - 1);
        assertEq(unmatured(), share);
        vm.warp(until);
        assertEq(unmatured(), 0);
    }

    function test_attack_disputes_in_a_chain_hold_nothing_back_twice() public {
        uint256 share = earned(5 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW - 1 days);
        bytes32 first = dispute("first");
        uint64 until = escrow.frozenUntil(provider.addr);
        vm.warp(disputes.dispute(first).revealEnds - 1);
        dispute("second");
        vm.warp(until);
        dispute("third");
        assertEq(escrow.withdrawEarnings(provider.addr), share);
    }

    function dispute(bytes32 name) internal returns (bytes32) {
        ticket = ticketOf(name, 0);
        receipt = receiptOf(ticket, "wrong");
        receipt.fingerprintHash = hashOf(print(0));
        commit(name);
        vm.roll(vm.getBlockNumber() + 6);
        return open(name);
    }
}
