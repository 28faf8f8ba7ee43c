// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "./IEntry.sol";

/// @title The timelock that owns every parameter, and the guardian that can only pause entry
/// @notice A pause ends by itself. After one, the guardian must wait as long again before the next.
interface IGovernance {
    /// @notice The guardian paused entry at these contracts.
    event GuardianPaused(address indexed guardian, uint64 until, address[] targets);

    /// @notice The timelock appointed another guardian.
    event GuardianSet(address indexed guardian);

    /// @notice Only the guardian may do this.
    error GovernanceNotGuardian(address caller);

    /// @notice Only the timelock itself may do this.
    error GovernanceNotSelf(address caller);

    /// @notice The guardian may not pause again before this time.
    error GovernanceGuardianMustWait(uint64 until);

    /// @notice The timelock's delay may not fall below the one its deployment fixed.
    error GovernanceDelayTooShort(uint256 delay, uint256 least);

    /// @notice Pauses entry at each target for `PAUSE_DURATION`. A longer pause, which only the timelock can set, stays.
    function guardianPause(IEntry[] calldata targets) external;

    /// @notice Sets the seconds between a proposal and its execution, never less than its deployment fixed; only through the timelock.
    function updateDelay(uint256 delay) external;

    /// @notice Appoints another guardian; only through the timelock.
    function setGuardian(address guardian) external;

    /// @notice Who may pause.
    function guardian() external view returns (address);

    /// @notice The guardian may pause again from this time on.
    function nextPauseAt() external view returns (uint64);
}
