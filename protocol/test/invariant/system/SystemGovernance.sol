// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "../../../contracts/interfaces/IEntry.sol";
import {IParameters} from "../../../contracts/interfaces/IParameters.sol";
import {DisputeParameters} from "../../../contracts/interfaces/IDisputeManager.sol";
import {EscrowParameters, ISessionEscrow} from "../../../contracts/interfaces/ISessionEscrow.sol";
import {IStaking, StakingParameters} from "../../../contracts/interfaces/IStaking.sol";
import {IdleSlasher} from "../../mocks/IdleSlasher.sol";
import {SystemDisputes} from "./SystemDisputes.sol";

/// @notice Parameters change within their bounds, entry is paused, a new dispute manager is announced and takes over, an adversary tries
/// what is not its to do, and time passes.
abstract contract SystemGovernance is SystemDisputes {
    function govern(uint256 seed) external {
        uint256 what = dice(seed, 200, 8);
        if (what < 2) changeDisputes(seed);
        else if (what < 4) changeEscrow(seed);
        else if (what == 4) changeStaking(seed);
        else if (what == 5) changeRoyalty(seed);
        else if (what == 6) pause(seed);
        else announceSlasher(seed);
        acceptSlasher();
    }

    function changeDisputes(uint256 seed) private {
        DisputeParameters memory p = disputeParameters();
        p.evidenceAge = uint32(within(seed, 0, 1 days, 5 days));
        p.commitWindow = uint32(within(seed, 1, 1 hours, 2 days));
        p.revealWindow = uint32(within(seed, 2, 1 hours, 2 days));
        p.conflictCooldown = uint32(within(seed, 3, 1 hours, 2 days));
        p.conflictSlashPpm = uint32(within(seed, 4, 1, 100_000));
        p.wrongOutputSlashPpm = uint32(within(seed, 5, 1, 100_000));
        p.rewardPpm = uint32(within(seed, 6, 0, 250_000));
        p.drawDelay = uint8(within(seed, 7, 1, 100));
        p.committeeSize = uint8(within(seed, 8, 2, 4));
        p.jurorFee = uint96(within(seed, 9, 0, 100e18));
        p.disputeBond = uint96(within(seed, 10, uint256(p.jurorFee) * p.committeeSize, 500e18));
        setParameters(p);
        noteSpans();
    }

    function changeEscrow(uint256 seed) private {
        EscrowParameters memory p = escrow.parameters();
        p.protocolFeePpm = uint32(within(seed, 0, 0, 50_000));
        p.earningsWindow = uint32(within(seed, 1, 1 days, 6 days));
        p.bondThaw = uint32(within(seed, 2, 3 days, 15 days));
        asGovernance(address(escrow), abi.encodeCall(escrow.setParameters, (p)));
        noteSpans();
    }

    function setEarningsWindow(uint32 window) internal {
        EscrowParameters memory p = escrow.parameters();
        p.earningsWindow = window;
        asGovernance(address(escrow), abi.encodeCall(escrow.setParameters, (p)));
        noteSpans();
    }

    function changeStaking(uint256 seed) private {
        StakingParameters memory p = stakingParameters();
        p.thawPeriod = uint32(within(seed, 0, 10 days, 20 days));
        asGovernance(address(staking), abi.encodeCall(staking.setParameters, (p)));
    }

    function changeRoyalty(uint256 seed) private {
        vm.prank(publisher);
        models.setRoyalty(modelId, uint32(within(seed, 0, 0, 100_000)));
    }

    function pause(uint256 seed) private {
        IEntry[3] memory places = [IEntry(address(staking)), IEntry(address(escrow)), IEntry(address(providers))];
        IEntry place = places[dice(seed, 0, 3)];
        uint64 until = uint64(block.timestamp + within(seed, 1, 0, 3 days));
        asGovernance(address(place), abi.encodeCall(place.pauseEntry, (until)));
    }

    /// @dev One that will never judge: what the old one opened must end all the same.
    function announceSlasher(uint256 seed) private {
        if (dice(seed, 0, 2) != 0 || staking.slasherEffectiveAt() != 0) return;
        address next = address(new IdleSlasher(1 days));
        asGovernance(address(staking), abi.encodeCall(staking.announceSlasher, (next)));
        happened("slasher announced");
    }

    function acceptSlasher() internal {
        uint256 from = staking.slasherEffectiveAt();
        if (from == 0 || block.timestamp < from) return;
        staking.acceptSlasher();
        happened("slasher replaced");
    }

    function meddle(uint256 seed) external {
        address who = anySeller(seed);
        address by = stranger.addr;
        vm.startPrank(by);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingNotSlasher.selector, by));
        staking.slash(who, 1, 0, by, 0, 0);
        bytes memory refusal = abi.encodeWithSelector(ISessionEscrow.EscrowNotDisputeManager.selector, by);
        vm.expectRevert(refusal);
        escrow.freezeEarnings(who, bytes32(seed), uint64(block.timestamp + 1));
        vm.expectRevert(refusal);
        escrow.forfeitEarnings(who, bytes32(seed));
        if (running.length != 0) {
            vm.expectRevert(refusal);
            escrow.releaseEarnings(running[0]);
        }
        vm.expectRevert(abi.encodeWithSelector(IParameters.NotGovernance.selector, by));
        escrow.pauseEntry(uint64(block.timestamp + 1));
        vm.stopPrank();
        withdrawTooEarly(seed);
        accuseOfConflict(seed);
        prune(seed);
    }

    function withdrawTooEarly(uint256 seed) private {
        (bytes32 sid, bool any) = anySession(seed);
        uint256 from = any ? dueAt(sid) : 0;
        if (block.timestamp >= from || from == type(uint256).max) return;
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowTooEarly.selector, from));
        vm.prank(stranger.addr);
        escrow.withdraw(opened[sid].grant);
    }

    function pass(uint256 seed) external {
        uint256 most = dice(seed, 0, 8) == 0 ? 25 days : 3 days;
        passTo(block.timestamp + within(seed, 1, 1, most));
        vm.roll(block.number + dice(seed, 2, 256));
    }
}
