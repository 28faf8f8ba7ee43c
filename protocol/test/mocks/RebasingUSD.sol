// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {TestUSD} from "../../contracts/tokens/TestUSD.sol";

/// @notice Balances are shares times a price that moves without a transfer; a transfer rounds down to whole shares.
contract RebasingUSD is TestUSD {
    uint256 private constant ONE = 1e18;
    uint256 public price = ONE;

    function rebase(uint256 next) external {
        price = next;
    }

    function balanceOf(address account) public view override(ERC20, IERC20) returns (uint256) {
        return super.balanceOf(account) * price / ONE;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value * ONE / price);
    }
}
