// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SystemGovernance} from "./SystemGovernance.sol";

/// @notice What must hold at any time: each contract holds what it owes, and what the books say.
abstract contract SystemChecks is SystemGovernance {
    uint256 internal constant DUST = 1_000;

    function check() external view {
        checkStaking();
        checkEscrow();
        // One in turn: every payment was compared with the books when it was made. All of them before everyone leaves.
        if (sids.length != 0) checkSession(sids[block.timestamp % sids.length]);
        checkEarnings();
        checkDisputes();
    }

    /// @dev Only a slash, booked where it was a conviction, and its own thaw lower a stake or a pool.
    function checkStaking() internal view {
        uint256 owed;
        for (uint256 i = 0; i < sellers.length; i++) {
            assertEq(staking.ownStake(sellers[i]).tokens, ownBook[sellers[i]], "own stake");
            assertEq(staking.pool(sellers[i]).tokens, poolBook[sellers[i]], "pool");
            owed += ownBook[sellers[i]] + poolBook[sellers[i]];
        }
        assertEq(assay.balanceOf(address(staking)), owed, "stake held");
        uint256 rewards;
        for (uint256 i = 0; i < SELLERS; i++) {
            rewards += staking.rewardsOf(sellers[i], backers[0]) + staking.rewardsOf(sellers[i], backers[1]);
        }
        assertLe(rewards, usd.balanceOf(address(staking)), "rewards owed");
        assertLe(usd.balanceOf(address(staking)), rewards + DUST, "rewards held");
    }

    function checkEscrow() internal view {
        uint256 owed;
        for (uint256 i = 0; i < gateways.length; i++) {
            address by = gateways[i].addr;
            assertEq(escrow.bondOf(by).tokens, bondBook[by], "bond");
            assertLe(escrow.bondOf(by).thawing, bondBook[by], "thawing bond");
            assertEq(escrow.bondOf(by).barred, barredBook[by], "barred");
            owed += bondBook[by];
        }
        assertFalse(escrow.bondOf(address(0)).barred, "a session without a gateway reached a bond");
        for (uint256 i = 0; i < sids.length; i++) {
            owed += opened[sids[i]].balance;
        }
        for (uint256 i = 0; i < feeAccounts.length; i++) {
            assertEq(escrow.fees(feeAccounts[i]), feeBook[feeAccounts[i]], "fees");
            owed += feeBook[feeAccounts[i]];
        }
        for (uint256 i = 0; i < sellers.length; i++) {
            (uint256 unmatured, uint256 matured) = escrow.earningsOf(sellers[i]);
            owed += unmatured + matured;
        }
        assertEq(usd.balanceOf(address(escrow)), owed, "escrow held");
    }

    function checkSession(bytes32 sid) internal view {
        Opened storage o = opened[sid];
        uint256 claimed;
        for (uint256 j = 0; j < SELLERS; j++) {
            uint256 here = escrow.claimed(sid, offerIdOf(sellers[j]));
            assertEq(here, claimedBook[sid][sellers[j]], "claimed moved without a claim");
            assertLe(here, highestSigned[sid][sellers[j]], "claimed beyond what was signed");
            claimed += here;
        }
        assertEq(escrow.session(sid).balance, o.balance, "session balance");
        assertEq(claimed + o.balance + o.refunded, o.deposited + o.bondPaid, "session books");
    }

    /// @dev Nothing appears or vanishes, nothing matures before a window, nothing waits longer than two and a freeze.
    function checkEarnings() internal view {
        for (uint256 i = 0; i < SELLERS; i++) {
            address who = sellers[i];
            (uint256 unmatured, uint256 matured) = escrow.earningsOf(who);
            uint256 ever = credited[who] - received[who] - forfeited[who];
            assertEq(unmatured + matured, ever, "earnings");
            (uint256 least, uint256 most) = unmaturedBounds(who, escrow.frozenUntil(who) == 0 ? 0 : spans.mostFreeze);
            assertGe(unmatured, least, "matured too early");
            assertLe(unmatured, most, "held back too long");
        }
    }

    function checkDisputes() internal view {
        uint256 owed = allPayouts();
        for (uint256 i = 0; i < commitments.length; i++) {
            owed += disputes.commitmentOf(commitments[i].by, commitments[i].id).bond;
        }
        for (uint256 i = 0; i < running.length; i++) {
            owed += disputes.dispute(running[i]).bond;
            (address who, uint256 until) = escrow.frozenBy(running[i]);
            if (block.timestamp < until) assertEq(escrow.frozenUntil(who), until, "a freeze ended before its time");
        }
        assertEq(assay.balanceOf(address(disputes)), owed, "bonds and payouts held");
    }
}
