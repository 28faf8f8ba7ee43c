// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SystemGovernance} from "./SystemGovernance.sol";

/// @notice All contracts, all parties. No action reverts but where it must, with the very error it must. See the files it is made
/// of for who does what; here is what the contracts must hold at any time, and how everyone leaves.
contract SystemHandler is SystemGovernance {
    uint256 private constant DUST = 1_000;

    constructor() {
        setUp();
        gather();
        for (uint256 i = 0; i < sellers.length; i++) {
            ownBook[sellers[i]] = STAKE;
        }
        feeAccounts = _feeAccounts();
        vm.prank(provider.addr);
        staking.setDelegatorCut(300_000);
        // Short, so that much matures, or is held, within the calls of one run.
        setEarningsWindow(1 days);
        for (uint256 seed = 0; seed < 4; seed++) {
            newSession(seed);
            bondMore(seed);
            delegateSome(seed);
        }
    }

    function setUp() public override {
        super.setUp();
    }

    /// @dev What is due to anyone but a provider for its work, taken by whoever calls.
    function takeOut(uint256 seed) external {
        withdrawStake(seed);
        withdrawDelegated(seed);
        claimRewards(seed);
        withdrawFees(seed);
        withdrawBond(seed);
        withdrawPayout(seed);
        expireCommitment(seed);
    }

    function actions() external pure returns (bytes4[] memory all) {
        bytes4[27] memory list_ = [
            this.stakeMore.selector,
            this.thaw.selector,
            this.delegateSome.selector,
            this.undelegate.selector,
            this.setDelegatorCut.selector,
            this.newSession.selector,
            this.topUp.selector,
            this.close.selector,
            this.withdraw.selector,
            this.claimBatch.selector,
            this.withdrawEarnings.selector,
            this.bondMore.selector,
            this.thawBond.selector,
            this.proveCheatConflict.selector,
            this.rotateKey.selector,
            this.list.selector,
            this.commitDispute.selector,
            this.openCommitted.selector,
            this.accuse.selector,
            this.commitVotes.selector,
            this.revealVotes.selector,
            this.judgeDispute.selector,
            this.takeOut.selector,
            this.govern.selector,
            this.meddle.selector,
            this.claimSome.selector,
            this.pass.selector
        ];
        all = new bytes4[](list_.length);
        for (uint256 i = 0; i < list_.length; i++) {
            all[i] = list_[i];
        }
    }

    // ------------------------------------------------------------------ what must hold

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

    // ------------------------------------------------------------------ leaving

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
            int256 has = int256(IERC20(address(usd)).balanceOf(payers[i].addr));
            assertEq(has, int256(1e9 * USD) - spent[payers[i].addr], "a payer's refunds");
        }
        for (uint256 i = 0; i < sellers.length; i++) {
            assertEq(received[sellers[i]] + forfeited[sellers[i]], credited[sellers[i]], "a provider's earnings");
            assertEq(isCheat(sellers[i]) ? 0 : forfeited[sellers[i]], 0, "an honest provider forfeited");
        }
    }

    function _feeAccounts() private view returns (address[] memory accounts) {
        accounts = new address[](4);
        (accounts[0], accounts[1]) = (gateways[0].addr, gateways[1].addr);
        (accounts[2], accounts[3]) = (treasury, publisher);
    }
}
