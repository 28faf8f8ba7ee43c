// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IEntry} from "../../../contracts/interfaces/IEntry.sol";
import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {Receipt as JobReceipt, Ticket} from "../../../contracts/libraries/Signed.sol";
import {SystemClaims} from "./SystemClaims.sol";

/// @notice Work, right and wrong, offers, keys, and what a conviction must do to stake and earnings, whatever else is frozen.
abstract contract SystemJobs is SystemClaims {
    struct Job {
        Ticket ticket;
        JobReceipt receipt;
        address by;
        address signer;
        bytes signature;
        bool wrong;
    }

    Job[] internal jobs;
    uint256 internal lastConflict;
    uint256 internal keysMade;

    /// @dev Honest providers sign one receipt per ticket, and the right one.
    function newJob(uint256 seed, address by) internal returns (uint256 job) {
        job = jobs.length;
        Job storage j = jobs.push();
        j.by = by;
        j.signer = receiptKeyOf[by].addr;
        j.wrong = isCheat(by) && dice(seed, 1, 2) == 0;
        j.ticket = ticketOf(bytes32(job), 0);
        j.ticket.offerId = offerIdOf(by);
        j.receipt = receiptOf(j.ticket, "output");
        j.receipt.fingerprintHash = hashOf(print(j.wrong ? int32(50_000) : int32(0)));
        j.signature = sign(receiptKeyOf[by], disputes.receiptDigest(j.receipt));
    }

    /// @dev The cheat answered a ticket twice.
    function proveCheatConflict(uint256 seed) external {
        // Seldom: each one takes all that the cheat has earned, and a dispute should find something left to take.
        if (dice(seed, 0, 3) != 0) return;
        (uint256 job, bool any) = anyJob(seed);
        if (!any || !isCheat(jobs[job].by) || tooOld(job) || receiptKey.addr != jobs[job].signer) {
            job = newJob(seed, provider.addr);
        }
        Job storage j = jobs[job];
        if (disputes.dispute(disputes.ticketDigest(j.ticket)).proven) return;
        uint256 cooldown = disputes.parameters().conflictCooldown;
        if (lastConflict != 0 && block.timestamp < lastConflict + cooldown) return;
        lastConflict = block.timestamp;
        bytes32 was = stateOf(j.by);
        uint256 reward = assay.balanceOf(address(this));
        (uint256 own, uint256 unmatured, uint256 most) = beforePunishment(j.by, disputes.parameters().conflictSlashPpm);
        proveConflict(j.ticket);
        reward = assay.balanceOf(address(this)) - reward;
        if (!inOffice()) return require(stateOf(j.by) == was, "a replaced manager punished");
        afterPunishment(j.by, own, unmatured, most, reward, disputes.parameters().rewardPpm);
        happened("conflict proven");
    }

    /// @dev Whoever accuses an honest provider of a conflict has only one receipt.
    function accuseOfConflict(uint256 seed) internal {
        (uint256 job, bool any) = anyJob(seed);
        if (!any || isCheat(jobs[job].by) || tooOld(job)) return;
        Job memory j = jobs[job];
        bytes32 digest = disputes.receiptDigest(j.receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeSameReceipt.selector, digest));
        disputes.proveConflict(j.ticket, j.receipt, j.signature, j.receipt, j.signature);
        JobReceipt memory forged = receiptOf(j.ticket, "forged");
        bytes memory signature = sign(stranger, disputes.receiptDigest(forged));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeUnknownSigner.selector, stranger.addr));
        disputes.proveConflict(j.ticket, j.receipt, j.signature, forged, signature);
    }

    function rotateKey(uint256 seed) external {
        address who = anySeller(seed);
        receiptKeyOf[who] = rotate(who, string.concat("key number ", vm.toString(++keysMade)));
        if (isCheat(who)) receiptKey = receiptKeyOf[who];
    }

    /// @dev An offer is retired, or set again where the stake allows it.
    function list(uint256 seed) external {
        address who = anySeller(seed);
        if (providers.offerOf(who, modelId).validUntil > block.timestamp && dice(seed, 0, 3) == 0) {
            vm.prank(who);
            return providers.retireOffer(modelId);
        }
        if (staking.activeStake(who) < staking.parameters().minStake) return;
        expectPaused(IEntry(address(providers)));
        offer(who, modelId);
    }

    function prune(uint256 seed) internal {
        uint256 count = providers.candidateCount(modelId, CLASS);
        if (count == 0) return;
        address who = providers.candidateAt(modelId, CLASS, dice(seed, 0, count));
        if (!providers.isLive(who, modelId, CLASS)) return providers.prune(modelId, CLASS, who);
        vm.expectRevert();
        providers.prune(modelId, CLASS, who);
    }

    function beforePunishment(address who, uint256 ppm)
        internal
        view
        returns (uint256 own, uint256 unmatured, uint256 most)
    {
        (unmatured,) = escrow.earningsOf(who);
        return (staking.ownStake(who).tokens, unmatured, staking.slashable(who) * ppm / 1e6);
    }

    /// @dev Only the cheat is ever punished; reward and slash keep to their parts; nothing unmatured is left.
    function afterPunishment(
        address who,
        uint256 ownBefore,
        uint256 unmatured,
        uint256 most,
        uint256 reward,
        uint256 rewardPpm
    ) internal {
        require(isCheat(who), "an honest provider was convicted");
        uint256 own = ownBefore - staking.ownStake(who).tokens;
        uint256 delegated = poolBook[who] - staking.pool(who).tokens;
        require(own + delegated <= most, "a slash took more than its part");
        require(reward <= own * rewardPpm / 1e6, "a reward beyond its part of the own stake slashed");
        ownBook[who] -= own;
        poolBook[who] -= delegated;
        (uint256 left,) = escrow.earningsOf(who);
        require(left == 0, "a conviction left unmatured earnings");
        feeBook[treasury] += unmatured;
        forfeited[who] += unmatured;
        (, uint256 most_) = unmaturedBounds(who, 0);
        if (unmatured > most_) happened("held earnings forfeited");
        delete credits[who];
        if (own != 0) happened("slash");
        if (unmatured != 0) happened("earnings forfeited");
    }

    function stateOf(address who) internal view returns (bytes32) {
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(who);
        return keccak256(abi.encode(staking.ownStake(who), staking.pool(who), unmatured + matured));
    }

    function inOffice() internal view returns (bool) {
        return staking.slasher() == address(disputes);
    }

    function anyJob(uint256 seed) internal view returns (uint256 job, bool any) {
        any = jobs.length != 0;
        if (any) job = dice(seed, 102, jobs.length);
    }

    function tooOld(uint256 job) internal view returns (bool) {
        uint256 age = disputes.parameters().evidenceAge;
        (, uint64 retiredAt) = providers.keyRecordOf(jobs[job].signer);
        if (retiredAt != 0 && block.timestamp > retiredAt + age) return true;
        return block.timestamp > uint256(jobs[job].ticket.deadline) + age;
    }
}
