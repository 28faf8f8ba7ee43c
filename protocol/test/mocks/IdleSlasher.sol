// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A dispute manager that never judges, and needs stakes to thaw for as long as it was told.
contract IdleSlasher {
    uint256 public requiredThaw;

    constructor(uint256 thaw) {
        requiredThaw = thaw;
    }

    function setRequiredThaw(uint256 thaw) external {
        requiredThaw = thaw;
    }
}
