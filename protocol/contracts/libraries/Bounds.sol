// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "../interfaces/IEntry.sol";
import {IParameters} from "../interfaces/IParameters.sol";

/// @title The checks every governed contract makes in the same way
library Bounds {
    uint64 internal constant MAX_PAUSE = 30 days;
    uint256 internal constant ONE = 1_000_000;

    /// @dev Refuses a value out of bounds, else reports it.
    function report(bytes32 name, uint256 value, uint256 least, uint256 most) internal {
        require(value >= least && value <= most, IParameters.ParameterOutOfBounds(name, value, least, most));
        emit IParameters.ParameterSet(name, value);
    }

    function onlyGovernance(address governance) internal view {
        require(msg.sender == governance, IParameters.NotGovernance(msg.sender));
    }

    function entryOpen(uint64 pausedUntil) internal view {
        require(block.timestamp >= pausedUntil, IEntry.EntryIsPaused(pausedUntil));
    }

    /// @dev Checks and reports a pause; the caller stores it.
    function pause(address governance, uint64 until) internal {
        onlyGovernance(governance);
        uint256 limit = block.timestamp + MAX_PAUSE;
        require(until <= limit, IParameters.ParameterOutOfBounds("pausedUntil", until, 0, limit));
        emit IEntry.EntryPaused(until);
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function ppmRoundedDown(uint256 amount, uint256 ppm) internal pure returns (uint256) {
        // Amounts are sums of a few 128-bit numbers and `ppm` has 32 bits: their product cannot overflow. Three times a claim.
        unchecked {
            return amount * ppm / ONE;
        }
    }
}
