// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Jury} from "../../contracts/interfaces/ICommittee.sol";
import {
    Dispute,
    DisputeCommitment,
    DisputeParameters,
    DisputeStatus
} from "../../contracts/interfaces/IDisputeManager.sol";
import {Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice Jobs, honest ones and conflicting ones; reporters who commit, open, or let it lapse; jurors who vote honestly, lie,
/// cannot get the input, or do not come, and vote from either of their keys. Keys are rotated, offers retired, parameters changed
/// on the way. The peers never answer one ticket twice. No action reverts.
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
    Vm.Wallet[] internal signers;
    bool[] internal isWrong;
    Commitment[] internal commitments;
    bytes32[] public open_;
    mapping(bytes32 => uint256) internal jobOf;
    mapping(bytes32 => int32[16]) internal votes;
    uint256 internal rotations;
    uint256 internal lastConflict;
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
        signers.push(receiptKey);
        isWrong.push(wrong);
    }

    function proveOneConflict(uint256 seed) external {
        if (tickets.length == 0) return;
        uint256 job = seed % tickets.length;
        Ticket memory t = tickets[job];
        if (disputes.dispute(disputes.ticketDigest(t)).proven || tooOld(job)) return;
        DisputeParameters memory p = disputes.parameters();
        if (lastConflict != 0 && block.timestamp < lastConflict + p.conflictCooldown) return;
        lastConflict = block.timestamp;
        uint256 before = assay.balanceOf(address(this));
        uint256 own = staking.ownStake(provider.addr).tokens;
        JobReceipt memory a = receiptOf(t, "a");
        JobReceipt memory b = receiptOf(t, "b");
        disputes.proveConflict(t, a, signed(a, job), b, signed(b, job));
        checkReward(assay.balanceOf(address(this)) - before, own, p.rewardPpm);
    }

    function signed(JobReceipt memory r, uint256 job) internal view returns (bytes memory) {
        return sign(signers[job], disputes.receiptDigest(r));
    }

    function checkReward(uint256 reward, uint256 ownBefore, uint256 rewardPpm) internal {
        uint256 slashed = ownBefore - staking.ownStake(provider.addr).tokens;
        if (reward * 1e6 > slashed * rewardPpm) rewardedTooMuch = true;
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
        bytes32 id = disputes.ticketDigest(tickets[c.job]);
        if (c.used || tooOld(c.job) || block.number > c.madeIn + 200 || !canOpen(id)) return;
        DisputeCommitment memory made = disputes.commitmentOf(reporter, c.id);
        uint256 drawnIn = made.blockNumber + made.drawDelay;
        if (block.number <= drawnIn) vm.roll(drawnIn + 1);
        bytes memory signature = signed(receipts[c.job], c.job);
        vm.prank(reporter);
        disputes.openDispute(modelId, tickets[c.job], receipts[c.job], signature, c.salt);
        c.used = true;
        open_.push(id);
        jobOf[id] = c.job;
    }

    function canOpen(bytes32 id) internal view returns (bool) {
        Dispute memory d = disputes.dispute(id);
        if (d.proven || d.status != DisputeStatus.NONE) return false;
        DisputeParameters memory p = disputes.parameters();
        if (staking.slashable(provider.addr) * p.wrongOutputSlashPpm < 1e6) return false;
        return committee.eligible(Jury(modelId, CLASS, provider.addr, reporter), 0) >= p.committeeSize;
    }

    function expireOne(uint256 seed) external {
        if (commitments.length == 0) return;
        Commitment storage c = commitments[seed % commitments.length];
        if (c.used || block.number <= c.madeIn + 200) return;
        disputes.expireCommitment(reporter, c.id);
        c.used = true;
    }

    function voteOne(uint256 seed, uint256 seat, uint8 mood) external {
        if (open_.length == 0) return;
        bytes32 id = open_[seed % open_.length];
        Dispute memory d = disputes.dispute(id);
        seat %= disputes.jurorsOf(id).length;
        address juror = disputes.jurorsOf(id)[seat];
        if (d.status != DisputeStatus.OPEN || block.timestamp >= d.commitEnds) return;
        if (disputes.voteOf(id, juror).commitment != 0) return;
        // At most one seat of a committee is dishonest: what a committee is worth beyond that, nobody claims.
        int32[16] memory lanes = seat == 0 && mood % 2 == 0 ? print(int32(uint32(mood)) * 1_000) : print(0);
        votes[keccak256(abi.encode(id, juror))] = lanes;
        bytes32 commitment = keccak256(abi.encode(id, juror, mood % 7 != 0, lanes, bytes32("r")));
        vm.prank(mood % 3 == 0 ? providers.keyOf(juror) : juror);
        disputes.commitFingerprint(id, commitment);
    }

    function revealOne(uint256 seed, uint256 seat, uint8 mood) external {
        if (open_.length == 0) return;
        bytes32 id = open_[seed % open_.length];
        Dispute memory d = disputes.dispute(id);
        address juror = disputes.jurorsOf(id)[seat % disputes.jurorsOf(id).length];
        if (d.status != DisputeStatus.OPEN || disputes.voteOf(id, juror).revealed) return;
        if (block.timestamp >= d.revealEnds || disputes.voteOf(id, juror).commitment == 0) return;
        if (block.timestamp < d.commitEnds) vm.warp(d.commitEnds);
        int32[16] memory lanes = votes[keccak256(abi.encode(id, juror))];
        bytes32 expected = keccak256(abi.encode(id, juror, true, lanes, bytes32("r")));
        bool available = disputes.voteOf(id, juror).commitment == expected;
        juryReveal(id, mood % 3 == 0 ? providers.keyOf(juror) : juror, available, lanes);
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
        uint256 own = staking.ownStake(provider.addr).tokens;
        uint256 payouts = allPayouts();
        DisputeStatus status = disputes.resolve(id);
        if (status == DisputeStatus.GUILTY) checkReward(allPayouts() - payouts - d.bond, own, d.rewardPpm);
        else if (allPayouts() - payouts > d.bond) rewardedTooMuch = true;
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

    /// @dev The accused, or a peer, replaces its key; what the old one signed stays what it is.
    function rotateOne(uint256 seed) external {
        rotations++;
        string memory name = string.concat("key number ", vm.toString(rotations));
        if (seed % 3 == 0) receiptKey = rotate(provider.addr, name);
        else rotate(peers[seed % PEERS], name);
    }

    /// @dev A peer retires its offer, or offers again.
    function listOne(uint256 seed) external {
        address peer = peers[seed % PEERS];
        if (providers.offerOf(peer, modelId).validUntil == 0) {
            offer(peer, modelId);
        } else {
            vm.prank(peer);
            providers.retireOffer(modelId);
        }
    }

    function changeParameters(uint256 random) external {
        DisputeParameters memory p = disputeParameters();
        p.evidenceAge = uint32(bound(random, 1 days, 5 days));
        p.commitWindow = uint32(bound(random >> 32, 1 hours, 3 days));
        p.revealWindow = uint32(bound(random >> 64, 1 hours, 3 days));
        p.conflictCooldown = uint32(bound(random >> 80, 1 hours, 2 days));
        p.conflictSlashPpm = uint32(bound(random >> 96, 1, 100_000));
        p.wrongOutputSlashPpm = uint32(bound(random >> 112, 1, 100_000));
        p.rewardPpm = uint32(bound(random >> 128, 0, 250_000));
        p.drawDelay = uint8(bound(random >> 144, 1, 100));
        p.committeeSize = uint8(bound(random >> 152, 2, 4));
        p.jurorFee = uint96(bound(random >> 160, 0, 100e18));
        p.disputeBond = uint96(bound(random >> 192, uint256(p.jurorFee) * p.committeeSize, 1_000e18));
        setParameters(p);
    }

    function pass(uint32 howLong, uint8 blocks) external {
        vm.warp(block.timestamp + bound(howLong, 1, 1 days));
        vm.roll(block.number + blocks);
    }

    // ------------------------------------------------------------------ books

    function tooOld(uint256 job) internal view returns (bool) {
        uint256 age = disputes.parameters().evidenceAge;
        (, uint64 retiredAt) = providers.keyRecordOf(signers[job].addr);
        if (retiredAt != 0 && block.timestamp > retiredAt + age) return true;
        return block.timestamp > uint256(tickets[job].deadline) + age;
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
        total += allPayouts();
    }

    function allPayouts() internal view returns (uint256 total) {
        total = disputes.payoutOf(reporter) + disputes.payoutOf(provider.addr);
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
        vm.warp(block.timestamp + 6 days);
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
