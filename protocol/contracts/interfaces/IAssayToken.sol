// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The stake token: 18 decimals, fixed supply, burnable
interface IAssayToken is IERC20, IERC20Permit {
    /// @notice Destroys tokens of the caller. Slashed stake ends here.
    function burn(uint256 amount) external;
}
