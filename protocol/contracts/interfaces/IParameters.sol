// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What every governed contract of Assay reports and refuses in the same words
interface IParameters {
    /// @notice A parameter has a new value. `name` is its ASCII name, left aligned.
    event ParameterSet(bytes32 indexed name, uint256 value);

    /// @notice Only the timelock may do this.
    error NotGovernance(address caller);

    /// @notice A parameter would leave the bounds that the code allows.
    error ParameterOutOfBounds(bytes32 name, uint256 value, uint256 min, uint256 max);
}
