// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IFraudVerifier} from "../../contracts/interfaces/IFraudVerifier.sol";
import {IRandomness} from "../../contracts/interfaces/IRandomness.sol";
import {Receipt, Ticket} from "../../contracts/libraries/Signed.sol";

/// @notice A verifier that always says the same, and a randomness that never knows a seed.
contract FixedVerifier is IFraudVerifier, IRandomness {
    bool private immutable ANSWER;

    constructor(bool always) {
        ANSWER = always;
    }

    function provesFraud(bytes32, Ticket calldata, Receipt calldata, bytes calldata) external view returns (bool) {
        return ANSWER;
    }

    function seedOf(uint256) external pure returns (bytes32) {
        return 0;
    }
}
