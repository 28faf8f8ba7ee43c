// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt, Ticket} from "../libraries/Signed.sol";

/// @title Decides from a proof alone whether a receipt's outputs cannot follow from its inputs
interface IFraudVerifier {
    /// @notice True if and only if the proof shows fraud. Must be sound: rounding alone never convicts.
    function provesFraud(bytes32 modelId, Ticket calldata ticket, Receipt calldata receipt, bytes calldata proof)
        external
        view
        returns (bool);
}
