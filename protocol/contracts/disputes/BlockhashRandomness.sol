// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../interfaces/IRandomness.sol";

/// @title BlockhashRandomness
/// @notice The hash of a block, known once the block is over and for 256 blocks. A block's proposer can bias it by giving up
/// its block; the bond of a dispute bounds what that is worth.
contract BlockhashRandomness is IRandomness {
    /// @inheritdoc IRandomness
    function seedOf(uint256 blockNumber) external view returns (bytes32) {
        return blockhash(blockNumber);
    }
}
