// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dispute, DisputeStatus} from "../../contracts/interfaces/IDisputeManager.sol";
import {Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice Jobs, honest ones and conflicting ones; reporters who commit, open, or let it lapse; jurors who vote honestly, lie,
/// cannot get the input, or do not come. The peers never answer one ticket twice. No action reverts.
contract DisputeHandler is DisputeTest {
    struct Commitment {
        bytes32 id;
        bytes32 salt;
        uint256 job;
        uint256 madeIn;
        bool used;
    }

    Ticket[] internal tickets;
    JobReceipt[] internal receipts;
    bool[] internal isWrong;
    Commitment[] internal commitments;
    bytes32[] public open_;
    mapping(bytes32 => uint256) internal jobOf;
    mapping(bytes32 => int32[16]) internal votes;
    uint256 public burnedBonds;
    uint256 public resolved;
    bool public innocentConvicted;
    bool public rewardedTooMuch;
    bool public resolvedTwice;

    constructor() {
        setUp();
        fundStake(reporter, 1e24);
    }

    function setUp() public override {
        super.setUp();
    }

    // ------------------------------------------------------------------ actions

    function work(bool wrong) external {
        Ticket memory t = ticketOf(bytes32(tickets.length), 0);
        JobReceipt memory r = receiptOf(t, "output");
        r.fingerprintHash = hashOf(print(wrong ? int32(50_000) : int32(0)));
        tickets.push(t);
        receipts.push(r);
        isWrong.push(wrong);
    }

    function proveOneConflict(uint256 seed) external {
        if (tickets.length == 0) return;
        Ticket memory t = tickets[seed % tickets.length];
        if (disputes.proven(disputes.ticketDigest(t)) || tooOld(t)) return;
        uint256 last = disputes.lastConflictAt(provider.addr);
        if (last != 0 && block.timestamp < last + 1 days) return;
        if (staking.slashable(provider.addr) < 10) return;
        uint256 before = assay.balanceOf(address(this));
        uint256 slashed = proveConflict(t);
        if ((assay.balanceOf(address(this)) - before) * 4 > slashed) rewardedTooMuch = true;
    }

    function commitOne(uint256 seed) external {
        if (tickets.length == 0) return;
        uint256 job = seed % tickets.length;
        bytes32 salt = bytes32(commitments.length);
        bytes32 id = keccak256(abi.encode(reporter, disputes.receiptDigest(receipts[job]), salt));
        vm.prank(reporter);
        disputes.commitDispute(id);
        commitments.push(Commitment(id, salt, job, block.number, false));
    }

    function openOne(uint256 seed) external {
        if (commitments.length == 0) return;
        Commitment storage c = commitments[seed % commitments.length];
        Ticket memory t = tickets[c.job];
        bytes32 id = disputes.ticketDigest(t);
        if (c.used || disputes.proven(id) || tooOld(t) || staking.slashable(provider.addr) < 10) return;
        if (disputes.dispute(id).status != DisputeStatus.NONE) return;
        if (block.number > c.madeIn + 200) return;
        if (block.number <= c.madeIn + 5) vm.roll(c.madeIn + 6);
        bytes memory signature = signReceipt(receipts[c.job]);
        vm.prank(reporter);
        disputes.openDispute(modelId, t, receipts[c.job], signature, c.salt);
        c.used = true;
        open_.push(id);
        jobOf[id] = c.job;
    }

    function expireOne(uint256 seed) external {
        if (commitments.length == 0) return;
        Commitment storage c = commitments[seed % commitments.length];
        if (c.used || block.number <= c.madeIn + 200) return;
        disputes.expireCommitment(reporter, c.id);
        c.used = true;
        burnedBonds += 100e18;
    }

    function voteOne(uint256 seed, uint256 seat, uint8 mood) external {
        if (open_.length == 0) return;
        bytes32 id = open_[seed % open_.length];
        Dispute memory d = disputes.dispute(id);
        address juror = disputes.jurorsOf(id)[seat % 3];
        if (d.status != DisputeStatus.OPEN || block.timestamp >= d.commitEnds) return;
        if (disputes.voteOf(id, juror).commitment != 0) return;
        // At most one seat is dishonest: what a committee is worth beyond that, nobody claims.
        int32[16] memory lanes = seat % 3 == 0 && mood % 2 == 0 ? print(int32(uint32(mood)) * 1_000) : print(0);
        votes[keccak256(abi.encode(id, juror))] = lanes;
        juryCommit(id, juror, mood % 7 != 0, lanes);
    }

    function revealOne(uint256 seed, uint256 seat, uint8 mood) external {
        if (open_.length == 0) return;
        bytes32 id = open_[seed % open_.length];
        Dispute memory d = disputes.dispute(id);
        address juror = disputes.jurorsOf(id)[seat % 3];
        if (d.status != DisputeStatus.OPEN || disputes.voteOf(id, juror).revealed) return;
        if (block.timestamp >= d.revealEnds || disputes.voteOf(id, juror).commitment == 0) return;
        if (block.timestamp < d.commitEnds) vm.warp(d.commitEnds);
        int32[16] memory lanes = votes[keccak256(abi.encode(id, juror))];
        bytes32 expected = keccak256(abi.encode(id, juror, true, lanes, bytes32("r")));
        bool available = disputes.voteOf(id, juror).commitment == expected;
        juryReveal(id, juror, available, lanes);
        if (mood % 2 == 0 && !d.answered) answerOne(id);
    }

    function answerOne(bytes32 id) internal {
        disputes.answer(id, print(isWrong[jobOf[id]] ? int32(50_000) : int32(0)), PRINT_SALT);
    }

    /// @dev The honest always answer before the end.
    function resolveOne(uint256 seed) external {
        if (open_.length == 0) return;
        end(open_[seed % open_.length]);
    }

    function end(bytes32 id) internal {
        Dispute memory d = disputes.dispute(id);
        if (d.status != DisputeStatus.OPEN) return;
        if (!d.answered && block.timestamp < d.revealEnds) {
            if (block.timestamp < d.commitEnds) vm.warp(d.commitEnds);
            answerOne(id);
        }
        bool answered = disputes.dispute(id).answered;
        if (block.timestamp < d.revealEnds) vm.warp(d.revealEnds);
        DisputeStatus status = disputes.resolve(id);
        resolved++;
        if (status == DisputeStatus.GUILTY && answered && !isWrong[jobOf[id]]) innocentConvicted = true;
        try disputes.resolve(id) {
            resolvedTwice = true;
        } catch {}
    }

    function withdrawPayout(uint256 seed) external {
        address to = seed % 3 == 0 ? reporter : seed % 3 == 1 ? provider.addr : peers[seed % PEERS];
        if (disputes.payoutOf(to) != 0) disputes.withdrawPayout(to);
    }

    function restake(uint256 amount) external {
        stake(provider.addr, bound(amount, 1_000e18, 1e24));
    }

    function pass(uint32 howLong, uint8 blocks) external {
        vm.warp(block.timestamp + bound(howLong, 1, 1 days));
        vm.roll(block.number + blocks);
    }

    // ------------------------------------------------------------------ books

    function tooOld(Ticket memory t) internal view returns (bool) {
        return block.timestamp > uint256(t.deadline) + 5 days;
    }

    function system() external view returns (address, address, address) {
        return (address(disputes), address(assay), address(staking));
    }

    /// @dev Bonds of open commitments and disputes, and payouts not taken.
    function owed() external view returns (uint256 total) {
        for (uint256 i = 0; i < commitments.length; i++) {
            total += disputes.commitmentOf(reporter, commitments[i].id).bond;
        }
        for (uint256 i = 0; i < open_.length; i++) {
            Dispute memory d = disputes.dispute(open_[i]);
            if (d.status == DisputeStatus.OPEN) total += d.bond;
        }
        total += disputes.payoutOf(reporter) + disputes.payoutOf(provider.addr);
        for (uint256 i = 0; i < PEERS; i++) {
            total += disputes.payoutOf(peers[i]);
        }
    }

    function honestStake() external view returns (uint256 total) {
        for (uint256 i = 0; i < PEERS; i++) {
            total += staking.ownStake(peers[i]).tokens;
        }
    }

    function openCount() external view returns (uint256) {
        return open_.length;
    }

    /// @dev Whatever nobody did, everything ends and everyone is paid.
    function everyoneLeaves() external {
        vm.warp(block.timestamp + 4 days);
        vm.roll(block.number + 201);
        for (uint256 i = 0; i < open_.length; i++) {
            if (disputes.dispute(open_[i]).status == DisputeStatus.OPEN) disputes.resolve(open_[i]);
        }
        for (uint256 i = 0; i < commitments.length; i++) {
            if (!commitments[i].used) disputes.expireCommitment(reporter, commitments[i].id);
        }
        if (disputes.payoutOf(reporter) != 0) disputes.withdrawPayout(reporter);
        if (disputes.payoutOf(provider.addr) != 0) disputes.withdrawPayout(provider.addr);
        for (uint256 i = 0; i < PEERS; i++) {
            if (disputes.payoutOf(peers[i]) != 0) disputes.withdrawPayout(peers[i]);
        }
    }
}
