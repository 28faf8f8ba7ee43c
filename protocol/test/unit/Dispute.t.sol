// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Jury} from "../../contracts/interfaces/ICommittee.sol";
import {
    Dispute,
    DisputeParameters,
    DisputeStatus,
    IDisputeManager
} from "../../contracts/interfaces/IDisputeManager.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {IStaking, StakingParameters} from "../../contracts/interfaces/IStaking.sol";
import {Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";
import {FixedVerifier} from "../mocks/FixedVerifier.sol";

contract DisputeLifeTest is DisputeTest {
    int32 internal constant NONE = type(int32).max;

    function assertStatus(DisputeStatus actual, DisputeStatus expected) internal pure {
        assertEq(uint8(actual), uint8(expected));
    }

    // ------------------------------------------------------------------ commit and open

    function test_commit_locks_the_bond() public {
        bytes32 commitment = commit("s");
        assertEq(assay.balanceOf(address(disputes)), 100e18);
        assertEq(disputes.commitmentOf(reporter, commitment).bond, 100e18);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeCommitmentExists.selector, commitment));
        vm.prank(reporter);
        disputes.commitDispute(commitment);
    }

    function test_open_draws_three_peers_and_freezes() public {
        claim(openSession(10 * USD), USD);
        bytes32 id = openDispute();
        assertEq(id, disputes.ticketDigest(ticket));
        Dispute memory d = disputes.dispute(id);
        assertStatus(d.status, DisputeStatus.OPEN);
        assertEq(d.provider, provider.addr);
        assertEq(d.reporter, reporter);
        assertEq(d.slashTokens, STAKE / 10);
        assertEq(d.commitEnds, block.timestamp + 2 days);
        assertEq(d.revealEnds, block.timestamp + 4 days);
        address[] memory jurors = disputes.jurorsOf(id);
        assertEq(jurors.length, 3);
        for (uint256 i = 0; i < 3; i++) {
            assertTrue(disputes.voteOf(id, jurors[i]).drawn);
            assertTrue(jurors[i] != provider.addr && jurors[i] != reporter);
            assertTrue(jurors[i] != jurors[(i + 1) % 3]);
        }
        (address frozen, uint64 until) = escrow.frozenBy(id);
        assertEq(frozen, provider.addr);
        assertEq(until, block.timestamp + 10 days);
    }

    function test_open_only_between_the_draw_and_two_hundred_blocks() public {
        uint256 start = block.number;
        commit("s");
        bytes memory signature = signReceipt(receipt);
        vm.roll(start + 5);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTooEarly.selector, start + 6));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
        vm.roll(start + 201);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTooLate.selector, start + 200));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
        vm.roll(start + 200);
        open("s");
    }

    function test_open_refuses_what_was_not_committed() public {
        bytes memory signature = signReceipt(receipt);
        bytes32 missing = keccak256(abi.encode(reporter, disputes.receiptDigest(receipt), bytes32("s")));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeCommitmentUnknown.selector, missing));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_open_refuses_the_provider_itself() public {
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeSelfReport.selector, provider.addr));
        vm.prank(provider.addr);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_open_refuses_another_offer() public {
        ticket.offerId = "other";
        receipt.ticket = disputes.ticketDigest(ticket);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDisputeManager.DisputeWrongOffer.selector, offerIdOf(provider.addr), bytes32("other")
            )
        );
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_open_refuses_an_unknown_class() public {
        receipt.execClass = "gpu";
        commit("s");
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeClassUnknown.selector, modelId, bytes32("gpu")));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_open_refuses_too_few_jurors() public {
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(peers[i]);
            providers.retireOffer(modelId);
        }
        assertEq(committee.eligible(Jury(modelId, CLASS, provider.addr, reporter), 0), 2);
        commit("s");
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTooFewJurors.selector, 2, 3));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_one_dispute_a_ticket() public {
        bytes32 id = openDispute();
        resolve(id);
        commit("t");
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTicketUsed.selector, id));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "t");
    }

    function test_a_proven_conflict_closes_the_ticket_to_disputes() public {
        proveConflict(ticket);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeTicketUsed.selector, disputes.ticketDigest(ticket))
        );
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_a_commitment_expires_into_fire() public {
        bytes32 commitment = commit("s");
        vm.roll(block.number + 200);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTooEarly.selector, block.number + 1));
        disputes.expireCommitment(reporter, commitment);
        vm.roll(block.number + 1);
        uint256 supply = assay.totalSupply();
        disputes.expireCommitment(reporter, commitment);
        assertEq(assay.totalSupply(), supply - 100e18);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeCommitmentUnknown.selector, commitment));
        disputes.expireCommitment(reporter, commitment);
    }

    function test_open_needs_something_to_slash() public {
        vm.prank(address(disputes));
        staking.slash(provider.addr, STAKE, 0, address(this), 0, 0);
        commit("s");
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNothingToSlash.selector, provider.addr));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function test_who_has_no_active_stake_is_not_drawn() public {
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(peers[i]);
            staking.thaw(STAKE);
        }
        assertEq(committee.eligible(Jury(modelId, CLASS, provider.addr, reporter), 0), 3);
        address[] memory jurors = disputes.jurorsOf(openDispute());
        for (uint256 i = 0; i < 3; i++) {
            assertTrue(jurors[i] != peers[0] && jurors[i] != peers[1]);
        }
    }

    function test_a_receipt_of_a_key_retired_long_ago_opens_nothing() public {
        rotate(provider.addr, "next");
        uint256 last = block.timestamp + 5 days;
        // A thief of the old key dates its tickets as it likes.
        ticket.deadline = uint64(last + 1 days);
        receipt.ticket = disputes.ticketDigest(ticket);
        bytes memory signature = signReceipt(receipt);
        commit("s");
        vm.roll(block.number + 6);
        vm.warp(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeEvidenceTooOld.selector, last));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
        vm.warp(last);
        open("s");
    }

    // ------------------------------------------------------------------ jurors

    function badReveal(bytes32 id, address juror, bool available, int32[16] memory lanes)
        internal
        view
        returns (bytes memory)
    {
        bytes32 expected = disputes.voteOf(id, juror).commitment;
        bytes32 computed = keccak256(abi.encode(id, juror, available, lanes, bytes32("r")));
        return abi.encodeWithSelector(IDisputeManager.DisputeBadReveal.selector, id, expected, computed);
    }

    function test_a_juror_votes_through_its_receipt_key() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        address hot = providers.keyOf(juror);
        bytes32 commitment = keccak256(abi.encode(id, juror, true, print(0), bytes32("r")));
        vm.expectEmit(address(disputes));
        emit IDisputeManager.FingerprintCommitted(id, juror);
        vm.prank(hot);
        disputes.commitFingerprint(id, commitment);
        assertEq(disputes.voteOf(id, juror).commitment, commitment);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyCommitted.selector, id, juror));
        vm.prank(juror);
        disputes.commitFingerprint(id, commitment);
        vm.warp(disputes.dispute(id).commitEnds);
        vm.expectEmit(address(disputes));
        emit IDisputeManager.FingerprintRevealed(id, juror, true, print(0));
        juryReveal(id, hot, true, print(0));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyRevealed.selector, id, juror));
        juryReveal(id, juror, true, print(0));
    }

    function test_a_rotated_key_votes_no_more_and_its_successor_does() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        address old = providers.keyOf(juror);
        bytes32 commitment = keccak256(abi.encode(id, juror, true, print(0), bytes32("r")));
        vm.prank(old);
        disputes.commitFingerprint(id, commitment);
        address next = rotate(juror, "next").addr;
        bytes memory refusal = abi.encodeWithSelector(IDisputeManager.DisputeKeyRetired.selector, old, block.timestamp);
        vm.expectRevert(refusal);
        vm.prank(old);
        disputes.commitFingerprint(id, commitment);
        vm.warp(disputes.dispute(id).commitEnds);
        vm.expectRevert(refusal);
        juryReveal(id, old, true, print(0));
        juryReveal(id, next, true, print(0));
        assertTrue(disputes.voteOf(id, juror).revealed);
    }

    function test_the_key_of_a_provider_that_was_not_drawn_does_not_vote() public {
        bytes32 id = openDispute();
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNotJuror.selector, id, receiptKey.addr));
        vm.prank(receiptKey.addr);
        disputes.commitFingerprint(id, "c");
    }

    /// @dev An address may be a provider and the receipt key of another one.
    function test_a_juror_that_is_another_jurors_key_acts_for_itself() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        address other = disputes.jurorsOf(id)[1];
        Vm.Wallet memory wallet;
        for (uint256 i = 0; i < PEERS; i++) {
            if (peers[i] == juror) wallet = vm.createWallet(string.concat("peer ", vm.toString(i)));
        }
        bytes memory proof = sign(wallet, providers.receiptKeyDigest(other, juror));
        vm.prank(other);
        providers.rotateKey(juror, proof);
        vm.startPrank(juror);
        disputes.commitFingerprint(id, "c");
        assertEq(disputes.voteOf(id, juror).commitment, "c");
        assertEq(disputes.voteOf(id, other).commitment, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyCommitted.selector, id, juror));
        disputes.commitFingerprint(id, "d");
        vm.stopPrank();
    }

    function test_only_jurors_commit_once_and_in_time() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNotJuror.selector, id, address(this)));
        disputes.commitFingerprint(id, "c");
        vm.startPrank(juror);
        disputes.commitFingerprint(id, "c");
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyCommitted.selector, id, juror));
        disputes.commitFingerprint(id, "d");
        vm.stopPrank();
        address late = disputes.jurorsOf(id)[1];
        uint64 ends = disputes.dispute(id).commitEnds;
        vm.warp(ends);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeWindowClosed.selector, ends));
        vm.prank(late);
        disputes.commitFingerprint(id, "c");
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeNotOpen.selector, bytes32("x"), DisputeStatus.NONE)
        );
        disputes.commitFingerprint("x", "c");
    }

    function test_reveals_only_in_their_window_and_only_what_was_committed() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        juryCommit(id, juror, true, print(0));
        Dispute memory d = disputes.dispute(id);
        int32[16] memory lanes = print(0);
        vm.startPrank(juror);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeWindowNotOpen.selector, d.commitEnds));
        disputes.revealFingerprint(id, true, lanes, "r");
        vm.warp(d.commitEnds);
        lanes[3] += 1;
        vm.expectRevert(badReveal(id, juror, true, lanes));
        disputes.revealFingerprint(id, true, lanes, "r");
        lanes[3] -= 1;
        vm.expectRevert(badReveal(id, juror, false, lanes));
        disputes.revealFingerprint(id, false, lanes, "r");
        disputes.revealFingerprint(id, true, lanes, "r");
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyRevealed.selector, id, juror));
        disputes.revealFingerprint(id, true, lanes, "r");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNotJuror.selector, id, address(this)));
        disputes.revealFingerprint(id, true, lanes, "r");
        vm.warp(d.revealEnds);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeWindowClosed.selector, d.revealEnds));
        disputes.answer(id, lanes, PRINT_SALT);
    }

    function test_a_juror_who_did_not_commit_cannot_reveal() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        vm.warp(disputes.dispute(id).commitEnds);
        vm.expectRevert(badReveal(id, juror, true, print(0)));
        vm.prank(juror);
        disputes.revealFingerprint(id, true, print(0), "r");
    }

    function test_an_answer_must_be_the_preimage_and_comes_once() public {
        bytes32 id = openDispute();
        vm.warp(disputes.dispute(id).commitEnds);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDisputeManager.DisputeBadReveal.selector, id, receipt.fingerprintHash, hashOf(print(1))
            )
        );
        disputes.answer(id, print(1), PRINT_SALT);
        disputes.answer(id, print(0), PRINT_SALT);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeAlreadyRevealed.selector, id, provider.addr));
        disputes.answer(id, print(0), PRINT_SALT);
    }

    // ------------------------------------------------------------------ verdicts

    function test_guilty_when_two_thirds_agree_and_the_receipt_lies_far_outside() public {
        claim(openSession(10 * USD), USD);
        bytes32 id = openDispute();
        vote(id, [int32(1_000), 1_050, -30_000]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(resolve(id), DisputeStatus.GUILTY);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE * 9 / 10);
        address[] memory jurors = disputes.jurorsOf(id);
        assertEq(disputes.payoutOf(jurors[0]), 5e18);
        assertEq(disputes.payoutOf(jurors[1]), 5e18);
        assertEq(disputes.payoutOf(jurors[2]), 0);
        assertEq(disputes.payoutOf(reporter), 100e18 + 250e18 - 10e18);
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured + matured, 0);
        uint256 before = assay.balanceOf(reporter);
        disputes.withdrawPayout(reporter);
        assertEq(assay.balanceOf(reporter), before + 340e18);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNothingToWithdraw.selector, reporter));
        disputes.withdrawPayout(reporter);
    }

    function test_guilty_when_the_accused_never_answers() public {
        bytes32 id = openDispute();
        vote(id, [int32(0), 0, 0]);
        assertStatus(resolve(id), DisputeStatus.GUILTY);
    }

    function test_cleared_when_the_receipt_is_near() public {
        claim(openSession(10 * USD), USD);
        bytes32 id = openDispute();
        vote(id, [int32(300), 300, 300]);
        disputes.answer(id, print(0), PRINT_SALT);
        uint256 supply = assay.totalSupply();
        assertStatus(disputes.resolve(id), DisputeStatus.CLEARED);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE);
        assertEq(disputes.payoutOf(disputes.jurorsOf(id)[0]), 5e18);
        assertEq(disputes.payoutOf(provider.addr), 42.5e18);
        assertEq(assay.totalSupply(), supply - 42.5e18);
        assertEq(escrow.frozenUntil(provider.addr), 0);
    }

    function test_one_unit_more_than_three_tolerances_is_guilty() public {
        bytes32 id = openDispute();
        vote(id, [int32(301), 301, 301]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.GUILTY);
    }

    // A draw: the reporter pays the committee's fees, 15 of its bond of 100; what nobody earned burns.

    function test_draw_when_jurors_disagree_pays_none_of_them() public {
        bytes32 id = openDispute();
        vote(id, [int32(0), 10_000, -10_000]);
        disputes.answer(id, print(0), PRINT_SALT);
        uint256 supply = assay.totalSupply();
        assertStatus(resolve(id), DisputeStatus.DRAWN);
        assertPaid(id, 0);
        assertEq(disputes.payoutOf(reporter), 85e18);
        assertEq(assay.totalSupply(), supply - 15e18);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE);
    }

    function test_a_third_of_the_seats_cannot_make_the_others_work_for_nothing() public {
        DisputeParameters memory next = disputeParameters();
        next.committeeSize = 5;
        setParameters(next);
        bytes32 id = openDispute();
        int32[] memory offsets = new int32[](5);
        for (uint256 i = 0; i < 3; i++) {
            offsets[i] = 9_000 + int32(int256(i)) * 50;
        }
        offsets[3] = -20_000;
        offsets[4] = NONE;
        vote(id, offsets);
        disputes.answer(id, print(0), PRINT_SALT);
        uint256 supply = assay.totalSupply();
        assertStatus(disputes.resolve(id), DisputeStatus.DRAWN);
        assertPaid(id, 3);
        assertEq(disputes.payoutOf(disputes.jurorsOf(id)[2]), 5e18);
        assertEq(disputes.payoutOf(reporter), 75e18);
        assertEq(assay.totalSupply(), supply - 10e18);
    }

    function test_in_a_draw_one_unit_more_than_the_tolerance_confirms_nothing() public {
        bytes32 id = openDispute();
        vote(id, [int32(0), 101, 202]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.DRAWN);
        assertPaid(id, 0);
    }

    function test_draw_when_too_few_reveal() public {
        bytes32 id = openDispute();
        address juror = disputes.jurorsOf(id)[0];
        juryCommit(id, juror, true, print(9_000));
        vm.warp(disputes.dispute(id).commitEnds);
        juryReveal(id, juror, true, print(9_000));
        assertStatus(resolve(id), DisputeStatus.DRAWN);
        assertPaid(id, 0);
        assertEq(disputes.payoutOf(reporter), 85e18);
    }

    function test_draw_when_nobody_comes_is_not_free() public {
        bytes32 id = openDispute();
        uint64 ends = disputes.dispute(id).revealEnds;
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeWindowNotOpen.selector, ends));
        disputes.resolve(id);
        assertStatus(resolve(id), DisputeStatus.DRAWN);
        assertEq(disputes.payoutOf(reporter), 85e18);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNotOpen.selector, id, DisputeStatus.DRAWN));
        disputes.resolve(id);
    }

    function test_nobody_is_paid_for_unavailable() public {
        bytes32 id = openDispute();
        vote(id, [NONE, NONE, int32(9_000)]);
        uint256 supply = assay.totalSupply();
        assertStatus(resolve(id), DisputeStatus.DRAWN);
        assertPaid(id, 0);
        assertEq(disputes.payoutOf(reporter), 85e18);
        assertEq(assay.totalSupply(), supply - 15e18);
    }

    /// @dev The first `count` jurors are paid their fee and the others are not.
    function assertPaid(bytes32 id, uint256 count) internal view {
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < jurors.length; i++) {
            assertEq(disputes.payoutOf(jurors[i]), i < count ? 5e18 : 0);
        }
    }

    function test_one_unavailable_of_three_needs_both_others_to_agree() public {
        bytes32 id = openDispute();
        vote(id, [NONE, int32(9_000), 9_001]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.GUILTY);
    }

    function test_all_revealed_ends_early() public {
        bytes32 id = openDispute();
        vote(id, [int32(0), 0, 0]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.CLEARED);
    }

    function test_stake_and_delegation_that_come_later_are_not_judged() public {
        bytes32 id = openDispute();
        stake(provider.addr, STAKE);
        vote(id, [int32(9_000), 9_000, 9_000]);
        disputes.answer(id, print(0), PRINT_SALT);
        disputes.resolve(id);
        assertEq(staking.ownStake(provider.addr).tokens, 2 * STAKE - STAKE / 10);
    }

    /// @dev Each verdict takes its part of what the one before left: whatever is delegated, own stake is never gone at once.
    function test_two_disputes_at_once_leave_own_stake() public {
        delegate(delegator, provider.addr, 8 * STAKE);
        bytes32 first = openDispute();
        ticket = ticketOf("another", 0);
        receipt = receiptOf(ticket, "wrong too");
        receipt.fingerprintHash = hashOf(print(0));
        bytes32 second = openDispute();
        vote(first, [int32(9_000), 9_000, 9_000], second);
        vm.warp(disputes.dispute(second).revealEnds);
        disputes.resolve(first);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE / 10);
        uint256 left = staking.slashable(provider.addr);
        disputes.resolve(second);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE / 10 - left / 10);
    }

    /// @dev All jurors of two disputes, of one length and opened in one second, vote the same.
    function vote(bytes32 first, int32[3] memory offsets, bytes32 second) internal {
        address[] memory jurors = disputes.jurorsOf(second);
        for (uint256 i = 0; i < 3; i++) {
            juryCommit(second, jurors[i], true, print(offsets[i]));
        }
        vote(first, offsets);
        for (uint256 i = 0; i < 3; i++) {
            juryReveal(second, jurors[i], true, print(offsets[i]));
        }
    }

    // ------------------------------------------------------------------ parameters that change on the way

    function test_a_bond_committed_before_fees_rose_still_pays_for_a_verdict() public {
        commit("s");
        DisputeParameters memory next = disputeParameters();
        next.jurorFee = 60e18;
        next.disputeBond = 600e18;
        setParameters(next);
        vm.roll(block.number + 6);
        bytes32 id = open("s");
        vote(id, [int32(0), 0, 0]);
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.CLEARED);
        uint256 fee = uint256(100e18) / 3;
        assertEq(disputes.payoutOf(disputes.jurorsOf(id)[0]), fee);
        assertEq(disputes.payoutOf(provider.addr), (100e18 - 3 * fee) - (100e18 - 3 * fee) / 2);
    }

    /// @dev Whatever the parameters become between any two steps, a dispute ends, and all of its bond is somebody's or burned.
    function testFuzz_every_dispute_ends_whatever_parameters_become(uint256 seed, int32[5] memory offsets, bool answers)
        public
    {
        delegate(delegator, provider.addr, 3 * STAKE);
        setParameters(anyParameters(seed, 0));
        uint256 start = block.number;
        commit("s");
        uint256 delay = disputes.parameters().drawDelay;
        setParameters(anyParameters(seed, 1));
        vm.roll(start + delay + 1);
        bytes32 id = open("s");
        address[] memory jurors = disputes.jurorsOf(id);
        setParameters(anyParameters(seed, 2));
        for (uint256 i = 0; i < jurors.length; i++) {
            offsets[i] = offsets[i] % 4 == 3 ? NONE : offsets[i] % 4 * 5_000;
            if (seed >> i & 1 == 0) juryCommit(id, jurors[i], offsets[i] != NONE, printOr(offsets[i]));
        }
        setParameters(anyParameters(seed, 3));
        vm.warp(disputes.dispute(id).commitEnds);
        if (answers) disputes.answer(id, print(0), PRINT_SALT);
        for (uint256 i = 0; i < jurors.length; i++) {
            bool comes = seed >> i & 1 == 0 && seed >> i + 8 & 1 == 0;
            if (comes) juryReveal(id, jurors[i], offsets[i] != NONE, printOr(offsets[i]));
        }
        setParameters(anyParameters(seed, 4));
        resolve(id);
        uint256 owed = disputes.payoutOf(reporter) + disputes.payoutOf(provider.addr);
        for (uint256 i = 0; i < jurors.length; i++) {
            owed += disputes.payoutOf(jurors[i]);
        }
        assertEq(assay.balanceOf(address(disputes)), owed);
    }

    function anyParameters(uint256 seed, uint256 step) internal view returns (DisputeParameters memory p) {
        uint256 random = uint256(keccak256(abi.encode(seed, step)));
        p = disputeParameters();
        p.commitWindow = uint32(bound(random, 15 minutes, 3 days));
        p.revealWindow = uint32(bound(random >> 32, 15 minutes, 3 days));
        p.conflictSlashPpm = uint32(bound(random >> 64, 1, 100_000));
        p.wrongOutputSlashPpm = uint32(bound(random >> 80, 1, 100_000));
        p.rewardPpm = uint32(bound(random >> 96, 0, 250_000));
        p.drawDelay = uint8(bound(random >> 112, 1, 100));
        p.committeeSize = uint8(bound(random >> 120, 2, PEERS));
        p.jurorFee = uint96(bound(random >> 128, 0, 1_000e18));
        p.disputeBond = uint96(bound(random >> 160, uint256(p.jurorFee) * p.committeeSize, 10_000e18));
    }

    // ------------------------------------------------------------------ verdicts of any kind

    /// @dev Whatever an honest receipt's jurors say within the tolerance of it, it is never guilty.
    function testFuzz_honest_within_tolerance_is_never_guilty(int32[3] memory offsets) public {
        bytes32 id = openDispute();
        for (uint256 i = 0; i < 3; i++) {
            offsets[i] = int32(bound(offsets[i], -int256(uint256(TOLERANCE)), int256(uint256(TOLERANCE))));
        }
        vote(id, offsets);
        disputes.answer(id, print(0), PRINT_SALT);
        assertTrue(disputes.resolve(id) != DisputeStatus.GUILTY);
    }

    /// @dev One liar in a committee of three never convicts, whatever it says.
    function testFuzz_one_liar_never_convicts(int32[16] memory lie, uint8 seat) public {
        bytes32 id = openDispute();
        seat = uint8(bound(seat, 0, 2));
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < 3; i++) {
            juryCommit(id, jurors[i], true, i == seat ? lie : print(0));
        }
        vm.warp(disputes.dispute(id).commitEnds);
        for (uint256 i = 0; i < 3; i++) {
            juryReveal(id, jurors[i], true, i == seat ? lie : print(0));
        }
        disputes.answer(id, print(0), PRINT_SALT);
        assertStatus(disputes.resolve(id), DisputeStatus.CLEARED);
    }

    // ------------------------------------------------------------------ fraud proofs

    function proveFraud() internal returns (uint256) {
        bytes memory signature = signReceipt(receipt);
        vm.prank(reporter);
        return disputes.proveFraud(modelId, ticket, receipt, signature, "proof");
    }

    function test_a_fraud_proof_slashes_once_a_verifier_is_installed() public {
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(IDisputeManager.DisputeNoVerifier.selector);
        disputes.proveFraud(modelId, ticket, receipt, signature, "proof");
        FixedVerifier no = new FixedVerifier(false);
        asGovernance(address(disputes), abi.encodeCall(disputes.setFraudVerifier, (address(no))));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNotFraud.selector, disputes.ticketDigest(ticket)));
        disputes.proveFraud(modelId, ticket, receipt, signature, "proof");
        FixedVerifier yes = new FixedVerifier(true);
        asGovernance(address(disputes), abi.encodeCall(disputes.setFraudVerifier, (address(yes))));
        assertEq(proveFraud(), STAKE / 10);
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeTicketUsed.selector, disputes.ticketDigest(ticket))
        );
        disputes.proveFraud(modelId, ticket, receipt, signature, "proof");
    }

    function test_a_fraud_proof_forfeits_earnings_where_nothing_is_left_to_slash() public {
        FixedVerifier yes = new FixedVerifier(true);
        asGovernance(address(disputes), abi.encodeCall(disputes.setFraudVerifier, (address(yes))));
        claim(openSession(10 * USD), USD);
        vm.prank(address(disputes));
        staking.slash(provider.addr, STAKE, 0, address(this), 0, 0);
        vm.expectEmit(address(disputes));
        emit IDisputeManager.FraudProven(provider.addr, reporter, receipt.ticket, 0, 920_000);
        assertEq(proveFraud(), 0);
    }

    function test_a_fraud_proof_by_a_key_retired_long_ago_is_refused() public {
        FixedVerifier yes = new FixedVerifier(true);
        asGovernance(address(disputes), abi.encodeCall(disputes.setFraudVerifier, (address(yes))));
        rotate(provider.addr, "next");
        uint256 last = block.timestamp + 5 days;
        ticket.deadline = uint64(last);
        receipt.ticket = disputes.ticketDigest(ticket);
        bytes memory signature = signReceipt(receipt);
        vm.warp(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeEvidenceTooOld.selector, last));
        disputes.proveFraud(modelId, ticket, receipt, signature, "proof");
    }

    // ------------------------------------------------------------------ parameters

    function test_only_governance_sets() public {
        bytes memory refusal = abi.encodeWithSelector(IParameters.NotGovernance.selector, address(this));
        vm.expectRevert(refusal);
        disputes.setParameters(disputeParameters());
        vm.expectRevert(refusal);
        disputes.setFraudVerifier(address(this));
        vm.expectRevert(refusal);
        disputes.setRandomness(address(this));
    }

    function test_windows_cannot_outgrow_the_thaw() public {
        DisputeParameters memory next = disputeParameters();
        next.evidenceAge = 9 days;
        asGovernance(address(disputes), abi.encodeCall(disputes.setParameters, (next)));
        next.evidenceAge = 9 days + 1;
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeThawTooShort.selector, THAW, THAW + 1));
        vm.prank(address(governance));
        disputes.setParameters(next);
    }

    function test_randomness_without_a_seed_refuses() public {
        commit("s");
        vm.roll(block.number + 6);
        FixedVerifier silent = new FixedVerifier(false);
        asGovernance(address(disputes), abi.encodeCall(disputes.setRandomness, (address(silent))));
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeNoSeed.selector, block.number - 1));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
    }

    function testFuzz_parameters_stay_in_bounds(DisputeParameters memory next) public {
        next.evidenceAge = uint32(bound(next.evidenceAge, 1, 10 days));
        next.commitWindow = uint32(bound(next.commitWindow, 1, 5 days));
        next.revealWindow = uint32(bound(next.revealWindow, 1, 5 days));
        next.committeeSize = uint8(bound(next.committeeSize, 0, 20));
        vm.prank(address(governance));
        try disputes.setParameters(next) {
            assertLe(next.conflictSlashPpm, 100_000);
            assertLe(next.wrongOutputSlashPpm, 100_000);
            assertLe(next.rewardPpm, 250_000);
            assertTrue(next.committeeSize >= 2 && next.committeeSize <= 15);
            assertGe(next.disputeBond, uint256(next.committeeSize) * next.jurorFee);
            assertGe(staking.parameters().thawPeriod, disputes.requiredThaw());
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assertTrue(
                selector == IParameters.ParameterOutOfBounds.selector
                    || selector == IDisputeManager.DisputeThawTooShort.selector
            );
        }
    }
}
