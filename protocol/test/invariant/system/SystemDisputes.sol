// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Jury} from "../../../contracts/interfaces/ICommittee.sol";
import {
    Dispute,
    DisputeCommitment,
    DisputeParameters,
    DisputeStatus
} from "../../../contracts/interfaces/IDisputeManager.sol";
import {SystemJobs} from "./SystemJobs.sol";

/// @notice Disputes from commitment to payout: right ones, wrong ones, and those a cheat's accomplice opens to shield its earnings.
abstract contract SystemDisputes is SystemJobs {
    struct Commitment {
        bytes32 id;
        bytes32 salt;
        uint256 job;
        address by;
        uint256 madeIn;
    }

    Commitment[] internal commitments;
    bytes32[] internal running;
    mapping(bytes32 => uint256) internal jobOf;
    mapping(bytes32 => int32[16]) internal prints;
    uint256 private _salts;

    function commitDispute(uint256 seed) external {
        uint256 job = newJob(seed, sellers[dice(seed, 1, SELLERS)]);
        commitTo(job, reporters[dice(seed, 0, 2)]);
    }

    function openCommitted(uint256 seed) external {
        if (commitments.length != 0) tryOpen(dice(seed, 0, commitments.length));
    }

    /// @dev A receipt just signed is disputed at once: most ways to a verdict begin here.
    function accuse(uint256 seed) external {
        (uint256 job, bool any) = anyJob(seed);
        if (!any || dice(seed, 0, 3) != 0) job = newJob(seed, sellers[dice(seed, 2, 2)]);
        commitTo(job, reporters[dice(seed, 1, 2)]);
        if (tryOpen(commitments.length - 1) && dice(seed, 3, 3) != 0) vote(running[running.length - 1], seed);
        // Some have nothing more urgent to do than to wait for the votes.
        if (running.length != 0 && dice(seed, 4, 2) == 0) show(running[running.length - 1], seed);
    }

    function expireCommitment(uint256 seed) internal {
        if (commitments.length != 0) tryExpire(dice(seed, 0, commitments.length));
    }

    function commitVotes(uint256 seed) external {
        (bytes32 id, bool any) = anyDispute(seed);
        if (any) vote(id, seed);
    }

    function revealVotes(uint256 seed) external {
        (bytes32 id, bool any) = anyDispute(seed);
        if (any) show(id, seed);
    }

    /// @dev What is left of votes, reveals and answer, mostly, and the end.
    function judgeDispute(uint256 seed) external {
        (bytes32 id, bool any) = anyDispute(seed);
        if (!any) return;
        vote(id, seed);
        if (dice(seed, 61, 6) != 0) show(id, seed);
        finish(id);
    }

    function withdrawPayout(uint256 seed) internal {
        uint256 who = dice(seed, 0, sellers.length + 2);
        takePayout(who < 2 ? reporters[who] : sellers[who - 2]);
    }

    function commitTo(uint256 job, address by) internal {
        bytes32 salt = bytes32(_salts++);
        bytes32 id = keccak256(abi.encode(by, disputes.receiptDigest(jobs[job].receipt), salt));
        vm.prank(by);
        disputes.commitDispute(id);
        commitments.push(Commitment(id, salt, job, by, block.number));
    }

    function tryOpen(uint256 which) internal returns (bool) {
        Commitment memory c = commitments[which];
        bytes32 id = disputes.ticketDigest(jobs[c.job].ticket);
        if (tooOld(c.job) || block.number > c.madeIn + 200 || !canOpen(id, jobs[c.job].by, c.by)) return false;
        uint256 drawnIn = c.madeIn + disputes.commitmentOf(c.by, c.id).drawDelay;
        if (block.number <= drawnIn) vm.roll(drawnIn + 1);
        if (escrow.frozenUntil(jobs[c.job].by) != 0) happened("several disputes at once");
        vm.prank(c.by);
        disputes.openDispute(modelId, jobs[c.job].ticket, jobs[c.job].receipt, jobs[c.job].signature, c.salt);
        dropCommitment(which);
        running.push(id);
        jobOf[id] = c.job;
        happened("dispute opened");
        return true;
    }

    function canOpen(bytes32 id, address accused, address by) private view returns (bool) {
        Dispute memory d = disputes.dispute(id);
        if (!inOffice() || d.proven || d.status != DisputeStatus.NONE) return false;
        DisputeParameters memory p = disputes.parameters();
        if (staking.slashable(accused) * p.wrongOutputSlashPpm < 1e6) return false;
        return committee.eligible(Jury(modelId, CLASS, accused, by), 0) >= p.committeeSize;
    }

    function tryExpire(uint256 which) internal {
        Commitment memory c = commitments[which];
        if (block.number <= c.madeIn + 200) return;
        disputes.expireCommitment(c.by, c.id);
        dropCommitment(which);
        happened("commitment expired");
    }

    function dropCommitment(uint256 which) private {
        commitments[which] = commitments[commitments.length - 1];
        commitments.pop();
    }

    /// @dev At most one seat lies: what a committee is worth beyond that, nobody claims.
    function liarOf(address[] memory jurors) private view returns (address) {
        for (uint256 i = 0; i < jurors.length; i++) {
            if (isCheat(jurors[i])) return jurors[i];
        }
        return jurors[0];
    }

    /// @dev Each juror votes right, has no input, does not come; the one dishonest seat of a committee may invent a fingerprint.
    function vote(bytes32 id, uint256 seed) private {
        if (block.timestamp >= disputes.dispute(id).commitEnds) return;
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < jurors.length; i++) {
            uint256 mood = dice(seed, i, 12);
            if (mood == 0 || disputes.voteOf(id, jurors[i]).commitment != 0) continue;
            bool lies = jurors[i] == liarOf(jurors) && mood < 4;
            int32[16] memory lanes = print(lies ? int32(uint32(within(seed, 50 + i, 1, 1_000))) : int32(0));
            prints[keccak256(abi.encode(id, jurors[i]))] = lanes;
            bytes32 commitment = keccak256(abi.encode(id, jurors[i], mood != 11, lanes, bytes32("r")));
            vm.prank(mood % 3 == 0 ? receiptKeyOf[jurors[i]].addr : jurors[i]);
            disputes.commitFingerprint(id, commitment);
        }
    }

    function show(bytes32 id, uint256 seed) private {
        Dispute memory d = disputes.dispute(id);
        passTo(d.commitEnds);
        if (block.timestamp >= d.revealEnds) return;
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < jurors.length; i++) {
            if (dice(seed, i, 20) != 0) reveal(id, jurors[i]);
        }
        if (!disputes.dispute(id).answered && dice(seed, 60, 2) == 0) answerFor(id);
    }

    function finish(bytes32 id) private {
        Dispute memory d = disputes.dispute(id);
        if (!d.answered || d.reveals != disputes.jurorsOf(id).length) passTo(d.revealEnds);
        end(id);
    }

    function reveal(bytes32 id, address juror) private {
        bytes32 commitment = disputes.voteOf(id, juror).commitment;
        if (commitment == 0 || disputes.voteOf(id, juror).revealed) return;
        int32[16] memory lanes = prints[keccak256(abi.encode(id, juror))];
        bool available = commitment == keccak256(abi.encode(id, juror, true, lanes, bytes32("r")));
        juryReveal(id, juror, available, lanes);
    }

    function answerFor(bytes32 id) private {
        disputes.answer(id, print(jobs[jobOf[id]].wrong ? int32(50_000) : int32(0)), PRINT_SALT);
    }

    /// @dev Time passes, but not over an honest provider's chance to answer.
    function passTo(uint256 time) internal {
        for (bytes32 id = nextToAnswer(time); id != 0; id = nextToAnswer(time)) {
            uint256 opens = disputes.dispute(id).commitEnds;
            if (block.timestamp < opens) vm.warp(opens);
            answerFor(id);
        }
        if (block.timestamp < time) vm.warp(time);
    }

    function nextToAnswer(uint256 time) private view returns (bytes32 first) {
        uint256 earliest = time + 1;
        for (uint256 i = 0; i < running.length; i++) {
            Dispute memory d = disputes.dispute(running[i]);
            if (isCheat(d.provider) || d.answered || d.revealEnds >= earliest) continue;
            if (block.timestamp >= d.revealEnds) continue;
            (first, earliest) = (running[i], d.revealEnds);
        }
    }

    function end(bytes32 id) internal {
        Dispute memory d = disputes.dispute(id);
        (, uint256 until) = escrow.frozenBy(id);
        if (block.timestamp >= until) happened("freeze expired");
        bytes32 was = stateOf(d.provider);
        uint256 payouts = allPayouts();
        (uint256 own, uint256 unmatured, uint256 most) = beforePunishment(d.provider, d.slashPpm);
        DisputeStatus status = disputes.resolve(id);
        payouts = allPayouts() - payouts;
        dropRunning(id);
        happened(status == DisputeStatus.GUILTY ? "guilty" : status == DisputeStatus.CLEARED ? "cleared" : "drawn");
        require(status != DisputeStatus.CLEARED || !jobs[jobOf[id]].wrong, "a wrong output was cleared");
        require(status != DisputeStatus.GUILTY || isCheat(d.provider), "an honest provider was found guilty");
        if (status == DisputeStatus.GUILTY && inOffice()) {
            if (d.slashTokens < most) most = d.slashTokens;
            return afterPunishment(d.provider, own, unmatured, most, payouts - d.bond, d.rewardPpm);
        }
        require(payouts <= d.bond, "more was paid than the bond");
        require(stateOf(d.provider) == was, "stake or earnings moved without a conviction");
    }

    function dropRunning(bytes32 id) private {
        for (uint256 i = 0; i < running.length; i++) {
            if (running[i] != id) continue;
            running[i] = running[running.length - 1];
            return running.pop();
        }
    }

    function takePayout(address to) internal {
        if (disputes.payoutOf(to) == 0) return;
        disputes.withdrawPayout(to);
        happened("payout withdrawn");
    }

    function allPayouts() internal view returns (uint256 total) {
        total = disputes.payoutOf(reporters[0]) + disputes.payoutOf(reporters[1]);
        for (uint256 i = 0; i < sellers.length; i++) {
            total += disputes.payoutOf(sellers[i]);
        }
    }

    function anyDispute(uint256 seed) internal view returns (bytes32 id, bool any) {
        any = running.length != 0;
        if (any) id = running[dice(seed, 103, running.length)];
    }
}
