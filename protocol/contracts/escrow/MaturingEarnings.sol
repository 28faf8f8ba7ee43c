// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Maturing} from "../interfaces/ISessionEscrow.sol";

/// @title Two buckets that mature in turn
/// @notice `current` fills from `since` on for one window; `previous` was filled before. What is in a bucket matures one
/// window after the bucket was full, so every amount waits one to two windows, and adding or maturing costs O(1).
library MaturingEarnings {
    /// @dev Adds `amount` and returns what matured. Safe: amounts are parts of the escrow's balance, which fits in 96 bits.
    function add(Maturing storage maturing, uint256 amount, uint256 window) internal returns (uint256 matured) {
        Maturing memory next;
        (next, matured) = advanced(maturing, window);
        if (next.current == 0 && next.previous == 0) next.since = uint40(block.timestamp);
        next.current += uint96(amount);
        _store(maturing, next);
    }

    /// @dev Returns what matured.
    function advance(Maturing storage maturing, uint256 window) internal returns (uint256 matured) {
        Maturing memory next;
        (next, matured) = advanced(maturing, window);
        if (matured != 0) _store(maturing, next);
    }

    /// @dev Empties both buckets after `advance`.
    function take(Maturing storage maturing) internal returns (uint256 amount) {
        amount = unmatured(maturing);
        if (amount != 0) _store(maturing, Maturing(0, 0, maturing.since));
    }

    function unmatured(Maturing memory maturing) internal pure returns (uint256) {
        return uint256(maturing.current) + maturing.previous;
    }

    function advanced(Maturing memory maturing, uint256 window)
        internal
        view
        returns (Maturing memory next, uint256 matured)
    {
        uint256 age = block.timestamp - maturing.since;
        if (age >= 2 * window) {
            return (Maturing(0, 0, uint40(block.timestamp)), unmatured(maturing));
        }
        if (age >= window) {
            uint40 since = maturing.since + uint40(window);
            return (Maturing(0, maturing.current, since), maturing.previous);
        }
        return (maturing, 0);
    }

    function _store(Maturing storage maturing, Maturing memory next) private {
        maturing.current = next.current;
        maturing.previous = next.previous;
        maturing.since = next.since;
    }
}
