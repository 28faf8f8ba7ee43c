// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC3009} from "./IERC3009.sol";

/// @title A payment token for local networks and tests: 6 decimals, EIP-712 domain ("Test USD", "1")
/// @notice Worth nothing, on purpose: anyone may mint. Real networks use a real stablecoin with ERC-3009.
interface ITestUSD is IERC20, IERC20Permit, IERC3009 {
    error TestUSDAuthorizationNotYetValid(uint256 validAfter);
    error TestUSDAuthorizationExpired(uint256 validBefore);
    error TestUSDAuthorizationUsed(address authorizer, bytes32 nonce);
    error TestUSDCallerNotPayee(address caller, address payee);
    error TestUSDBadSignature(address authorizer);

    /// @notice A faucet.
    function mint(address to, uint256 amount) external;
}
