// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IParameters} from "./IParameters.sol";

/// @title A contract with entries (stakes, models, offers, sessions) that can be paused. Exits never can.
interface IEntry is IParameters {
    /// @notice New entries are refused until this time.
    event EntryPaused(uint64 until);

    /// @notice Entry is paused until this time.
    error EntryIsPaused(uint64 until);

    /// @notice Refuses new entries until `until`; called by Governance, for the guardian or by the timelock.
    function pauseEntry(uint64 until) external;

    /// @notice New entries are refused until then; in the past if entry is open.
    function pausedUntil() external view returns (uint64);
}
