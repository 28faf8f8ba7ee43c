// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DelegationPool, IStaking, ThawRequest} from "../../contracts/interfaces/IStaking.sol";
import {AssayTest} from "../AssayTest.sol";

/// @notice When a thaw is due, and the two it must refuse.
abstract contract ThawRules is AssayTest {
    function due(address to, address by) internal view returns (bool) {
        (, ThawRequest[] memory queue) = staking.thawRequests(to, by);
        return queue.length != 0 && queue[0].withdrawableAt <= block.timestamp;
    }

    function leaveWith(address from, address by, uint256 shares) internal {
        DelegationPool memory p = staking.pool(from);
        uint256 worth = shares * (uint256(p.tokens) - p.thawingTokens + 1) / (uint256(p.shares) + 1);
        expectIfNoShares(worth, p.thawingShares, p.thawingTokens);
        vm.prank(by);
        staking.undelegate(from, shares);
    }

    /// @dev Less than the smallest share of what thaws cannot thaw, nor can what would be more shares than fit.
    function expectIfNoShares(uint256 tokens, uint256 thawingShares, uint256 thawingTokens) internal {
        uint256 shares = thawingShares == 0 ? tokens : tokens * thawingShares / thawingTokens;
        if (shares == 0) vm.expectRevert(IStaking.StakingZeroAmount.selector);
        if (shares > type(uint128).max) {
            vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, shares));
        }
    }
}
