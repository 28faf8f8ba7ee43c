// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SystemChecks} from "./SystemChecks.sol";

/// @notice The no-stuck rule over all contracts: how everyone leaves, from wherever a run ended.
abstract contract SystemLeaving is SystemChecks {
    /// @dev Whatever nobody did, and though entry is paused: within the sum of the windows everyone gets everything out.
    function everyoneLeaves() external {
        for (uint256 i = 0; i < sids.length; i++) {
            checkSession(sids[i]);
        }
        passTo(block.timestamp + 92 days);
        acceptSlasher();
        vm.roll(block.number + 201);
        pauseAll();
        while (running.length != 0) {
            end(running[0]);
        }
        while (commitments.length != 0) {
            tryExpire(0);
        }
        for (uint256 i = 0; i < sids.length; i++) {
            endSession(sids[i]);
        }
        startLeaving();
        vm.warp(block.timestamp + 20 days);
        finishLeaving();
        assertEq(assay.balanceOf(address(disputes)), 0, "left in disputes");
        assertEq(usd.balanceOf(address(escrow)), 0, "left in the escrow");
        assertLe(usd.balanceOf(address(staking)), DUST, "rewards left in staking");
        assertLe(assay.balanceOf(address(staking)), DUST, "stakes left in staking");
        everyoneHasTheirs();
    }

    function pauseAll() private {
        bytes memory call = abi.encodeCall(staking.pauseEntry, (uint64(block.timestamp + 30 days)));
        asGovernance(address(staking), call);
        asGovernance(address(escrow), call);
        asGovernance(address(providers), call);
    }

    function startLeaving() private {
        for (uint256 i = 0; i < gateways.length; i++) {
            takeBond(gateways[i].addr);
            uint256 bond = bondBook[gateways[i].addr];
            if (bond != 0) startBondThaw(gateways[i].addr, bond);
        }
        for (uint256 i = 0; i < sellers.length; i++) {
            if (due(sellers[i], address(0))) leaveStake(sellers[i]);
            uint256 active = staking.activeStake(sellers[i]);
            if (active != 0) thawOwn(sellers[i], active);
            (, uint256 matured) = escrow.earningsOf(sellers[i]);
            if (matured != 0) takeEarnings(sellers[i], false);
            for (uint256 j = 0; j < backers.length; j++) {
                if (due(sellers[i], backers[j])) leavePool(sellers[i], backers[j]);
                uint256 shares = staking.delegation(sellers[i], backers[j]).shares;
                if (shares != 0) leaveWith(sellers[i], backers[j], shares);
            }
        }
    }

    function finishLeaving() private {
        for (uint256 i = 0; i < sellers.length; i++) {
            if (due(sellers[i], address(0))) leaveStake(sellers[i]);
            takePayout(sellers[i]);
            for (uint256 j = 0; j < backers.length; j++) {
                if (due(sellers[i], backers[j])) leavePool(sellers[i], backers[j]);
                takeRewards(sellers[i], backers[j]);
            }
        }
        for (uint256 i = 0; i < 2; i++) {
            takePayout(reporters[i]);
            takeBond(gateways[i].addr);
        }
        for (uint256 i = 0; i < feeAccounts.length; i++) {
            takeFees(feeAccounts[i]);
        }
    }

    /// @dev Not only is nothing left: it went to whom it belongs.
    function everyoneHasTheirs() private view {
        for (uint256 i = 0; i < payers.length; i++) {
            int256 has = int256(usd.balanceOf(payers[i].addr));
            assertEq(has, int256(1e9 * USD) - spent[payers[i].addr], "a payer's refunds");
        }
        for (uint256 i = 0; i < sellers.length; i++) {
            assertEq(received[sellers[i]] + forfeited[sellers[i]], credited[sellers[i]], "a provider's earnings");
            assertEq(isCheat(sellers[i]) ? 0 : forfeited[sellers[i]], 0, "an honest provider forfeited");
        }
    }
}
