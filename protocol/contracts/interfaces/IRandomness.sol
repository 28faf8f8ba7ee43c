// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Where a committee's seed comes from
interface IRandomness {
    /// @notice Randomness fixed by a block; zero if that block is not over yet or too long ago.
    function seedOf(uint256 blockNumber) external view returns (bytes32);
}
