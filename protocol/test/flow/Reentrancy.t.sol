// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grant} from "../../contracts/libraries/Signed.sol";
import {TestUSD} from "../../contracts/tokens/TestUSD.sol";
import {AssayTest} from "../AssayTest.sol";
import {ReentrantUSD} from "../mocks/ReentrantUSD.sol";

/// @notice A hostile payment token re-enters every function that moves it with every other, before and after the balances
/// moved. Whatever comes of it, escrow and staking hold what they owe: nothing was paid twice, nothing counted that did not come.
contract ReentrancyTest is AssayTest {
    uint256 internal constant ACTIONS = 10;
    ReentrantUSD internal token;
    Grant internal due;
    Grant internal topped;
    Grant[2] internal next;
    bytes32[] internal sids;

    function deployToken() internal override returns (TestUSD) {
        token = new ReentrantUSD();
        return token;
    }

    function setUp() public override {
        super.setUp();
        usd.mint(address(token), 1_000 * USD);
        act(address(usd), abi.encodeCall(usd.approve, (address(escrow), type(uint256).max)));
        act(address(usd), abi.encodeCall(usd.approve, (address(staking), type(uint256).max)));
        delegate(address(token), provider.addr, STAKE);
        delegate(delegator, provider.addr, 3 * STAKE);
        vm.prank(provider.addr);
        staking.setDelegatorCut(250_000);
        due = openAs("due");
        act(address(escrow), abi.encodeCall(escrow.bond, (address(token), 10 * USD)));
        act(address(escrow), abi.encodeCall(escrow.thawBond, (4 * USD)));
        bytes32 sid = openSession(10 * USD);
        sids.push(sid);
        claim(sid, USD);
        vm.warp(due.expiresAt + due.withdrawDelay);
        escrow.shareEarnings(provider.addr);
        claim(sid, 2 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        topped = openAs("topped");
        next[0] = grantAs("outer");
        next[1] = grantAs("inner");
        sids.push(escrow.grantDigest(next[0]));
        sids.push(escrow.grantDigest(next[1]));
    }

    function act(address target, bytes memory call_) internal {
        assertTrue(token.act(target, call_));
    }

    function grantAs(bytes32 salt) internal view returns (Grant memory grant) {
        grant = grantOf(salt);
        grant.payer = address(token);
    }

    function openAs(bytes32 salt) internal returns (Grant memory grant) {
        grant = grantAs(salt);
        sids.push(escrow.grantDigest(grant));
        act(address(escrow), abi.encodeCall(escrow.openWithApproval, (grant, 5 * USD)));
    }

    /// @param opens Which grant an opening opens: the outer one or the inner one.
    function action(uint256 i, uint256 opens) internal view returns (address, bytes memory) {
        address p = provider.addr;
        if (i == 0) return (address(escrow), abi.encodeCall(escrow.withdrawEarnings, (p)));
        if (i == 1) return (address(escrow), abi.encodeCall(escrow.shareEarnings, (p)));
        if (i == 2) return (address(escrow), abi.encodeCall(escrow.withdrawFees, (gateway.addr)));
        if (i == 3) return (address(escrow), abi.encodeCall(escrow.withdrawBond, (address(token))));
        if (i == 4) return (address(escrow), abi.encodeCall(escrow.bond, (address(token), 3 * USD)));
        if (i == 5) return (address(escrow), abi.encodeCall(escrow.topUpWithApproval, (sidOf(due), 2 * USD)));
        if (i == 6) return (address(staking), abi.encodeCall(staking.claimRewards, (p)));
        if (i == 7) return (address(staking), abi.encodeCall(staking.addRewards, (p, USD)));
        if (i == 8) return (address(escrow), abi.encodeCall(escrow.withdraw, (due)));
        return (address(escrow), abi.encodeCall(escrow.openWithApproval, (next[opens], USD)));
    }

    function sidOf(Grant memory grant) internal view returns (bytes32) {
        return escrow.grantDigest(grant);
    }

    function assertSolvent(string memory when) internal view {
        uint256 owed = escrow.bondOf(address(token)).tokens;
        for (uint256 i = 0; i < sids.length; i++) {
            owed += escrow.session(sids[i]).balance;
        }
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        owed += unmatured + matured;
        owed += escrow.fees(gateway.addr) + escrow.fees(publisher) + escrow.fees(treasury);
        assertEq(usd.balanceOf(address(escrow)), owed, when);
        uint256 rewards = staking.rewardsOf(provider.addr, address(token));
        rewards += staking.rewardsOf(provider.addr, delegator);
        uint256 held = usd.balanceOf(address(staking));
        assertGe(held, rewards, when);
        assertLe(held - rewards, 3, when);
    }

    function test_each_action_succeeds_by_itself() public {
        for (uint256 i = 0; i < ACTIONS; i++) {
            uint256 snapshot = vm.snapshotState();
            (address target, bytes memory call_) = action(i, 0);
            assertTrue(token.act(target, call_), vm.toString(i));
            assertSolvent(vm.toString(i));
            assertTrue(vm.revertToState(snapshot));
        }
    }

    function test_no_reentry_before_the_balances_move_pays_twice() public {
        reenterEverywhere(true);
    }

    function test_no_reentry_after_the_balances_moved_pays_twice() public {
        reenterEverywhere(false);
    }

    function reenterEverywhere(bool early) internal {
        uint256 nested;
        for (uint256 i = 0; i < ACTIONS * ACTIONS; i++) {
            uint256 snapshot = vm.snapshotState();
            (address target, bytes memory inner) = action(i % ACTIONS, 1);
            token.arm(target, inner, early);
            bytes memory outer;
            (target, outer) = action(i / ACTIONS, 0);
            bool ok = token.act(target, outer);
            if (ok) assertTrue(token.entered(), "the token had its chance");
            if (token.succeeded()) nested++;
            token.arm(address(0), "", early);
            assertSolvent(string.concat(vm.toString(i / ACTIONS), " entered by ", vm.toString(i % ACTIONS)));
            assertTrue(vm.revertToState(snapshot));
        }
        assertGt(nested, ACTIONS, "some of them are harmless, and allowed");
    }
}
