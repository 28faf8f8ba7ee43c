// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {IEntry} from "../interfaces/IEntry.sol";

/// @title Governance
/// @notice See {IGovernance}, which documents every function.
contract Governance is IGovernance, TimelockController {
    uint64 public constant PAUSE_DURATION = 7 days;

    /// @notice The floor under the delay, for ever.
    uint256 public immutable LEAST_DELAY;

    /// @inheritdoc IGovernance
    address public guardian;

    /// @inheritdoc IGovernance
    uint64 public nextPauseAt;

    /// @param firstDelay May be less than `leastDelay`, while a deployment's contracts get to know each other.
    /// @param executors Holds only address(0) where anyone may execute what is due.
    constructor(
        uint256 firstDelay,
        uint256 leastDelay,
        address[] memory proposers,
        address[] memory executors,
        address firstGuardian
    ) TimelockController(firstDelay, proposers, executors, address(0)) {
        LEAST_DELAY = leastDelay;
        guardian = firstGuardian;
        emit GuardianSet(firstGuardian);
    }

    /// @inheritdoc IGovernance
    function guardianPause(IEntry[] calldata targets) external {
        require(msg.sender == guardian, GovernanceNotGuardian(msg.sender));
        require(block.timestamp >= nextPauseAt, GovernanceGuardianMustWait(nextPauseAt));

        uint64 until = uint64(block.timestamp) + PAUSE_DURATION;
        nextPauseAt = until + PAUSE_DURATION;
        address[] memory paused = new address[](targets.length);
        for (uint256 i = 0; i < targets.length; i++) {
            paused[i] = address(targets[i]);
        }
        emit GuardianPaused(msg.sender, until, paused);

        for (uint256 i = 0; i < targets.length; i++) {
            // What the timelock paused for longer stays so.
            if (targets[i].pausedUntil() < until) targets[i].pauseEntry(until);
        }
    }

    /// @inheritdoc IGovernance
    function updateDelay(uint256 next) public override(IGovernance, TimelockController) {
        require(next >= LEAST_DELAY, GovernanceDelayTooShort(next, LEAST_DELAY));
        super.updateDelay(next);
    }

    /// @inheritdoc IGovernance
    function setGuardian(address next) external {
        require(msg.sender == address(this), GovernanceNotSelf(msg.sender));
        guardian = next;
        emit GuardianSet(next);
    }
}
