// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Maturing} from "../interfaces/ISessionEscrow.sol";
import {Bounds} from "../libraries/Bounds.sol";

/// @title Two buckets that fall due in turn
/// @notice `current` fills from `since` on for one window; `previous` was filled before. What is in a bucket is due one window
/// after the bucket was full, so every amount waits one to two windows, and adding or advancing costs O(1).
/// A bucket keeps the window it began with: another one counts from the next bucket on, and what waits is never due later
/// than it was when it came in.
library MaturingEarnings {
    /// @dev Adds `amount` and returns what is due. Safe: amounts are parts of the escrow's balance, which fits in 96 bits.
    function add(Maturing storage maturing, uint256 amount, uint256 window) internal returns (uint256 due) {
        // Most claims find a bucket that still fills: they touch nothing else.
        if (block.timestamp < uint256(maturing.since) + maturing.window) {
            maturing.current += uint96(amount);
            return 0;
        }
        Maturing memory next;
        (next, due) = advanced(maturing, window);
        next.current += uint96(amount);
        _store(maturing, next);
    }

    /// @dev Takes out and returns what is due.
    function advance(Maturing storage maturing, uint256 window) internal returns (uint256 due) {
        Maturing memory next;
        (next, due) = advanced(maturing, window);
        if (due != 0) _store(maturing, next);
    }

    /// @dev Empties both buckets.
    function clear(Maturing storage maturing) internal {
        (maturing.current, maturing.previous) = (0, 0);
    }

    function unmatured(Maturing storage maturing) internal view returns (uint256) {
        return uint256(maturing.current) + maturing.previous;
    }

    /// @param window The window in force, for a bucket that begins now.
    function advanced(Maturing storage maturing, uint256 window)
        internal
        view
        returns (Maturing memory next, uint256 due)
    {
        next = maturing;
        uint256 age = block.timestamp - next.since;
        uint256 waiting = uint256(next.current) + next.previous;
        if (waiting == 0 || age >= 2 * uint256(next.window)) {
            return (Maturing(0, 0, uint40(block.timestamp), uint24(window)), waiting);
        }
        if (age < next.window) return (next, 0);
        due = next.previous;
        _turn(next, window);
    }

    /// @dev `current` is full, and `previous` from now on. The next bucket begins, or is said to have begun, one of its windows
    /// before that is due, so that this stays so whichever window is in force; but not in the future.
    function _turn(Maturing memory maturing, uint256 window) private view {
        uint256 due = uint256(maturing.since) + 2 * uint256(maturing.window);
        (maturing.previous, maturing.current) = (maturing.current, 0);
        maturing.since = uint40(Bounds.min(due - window, block.timestamp));
        maturing.window = uint24(window);
    }

    function _store(Maturing storage maturing, Maturing memory next) private {
        maturing.current = next.current;
        maturing.previous = next.previous;
        maturing.since = next.since;
        maturing.window = next.window;
    }
}
