// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {ISessionEscrow, Redemption, SessionState} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

/// @notice One signature, two providers, and everyone is paid.
contract SessionToPayoutTest is AssayTest {
    uint256 internal constant DEPOSIT = 100 * USD;
    uint32 internal constant CUT_PPM = 200_000;

    Vm.Wallet internal second;

    function setUp() public override {
        super.setUp();
        second = vm.createWallet("second");
        registerProvider(second, vm.createWallet("key of second"), STAKE);
        offer(second.addr, modelId);
        delegate(delegator, provider.addr, 5_000e18);
        vm.prank(provider.addr);
        staking.setDelegatorCut(CUT_PPM);
    }

    function test_one_signature_pays_two_providers_and_all_behind_them() public {
        uint256 before = usd.balanceOf(payer.addr);
        Grant memory grant = grantOf("salt");
        bytes32 id = relayOpen(grant);
        assertEq(usd.balanceOf(payer.addr), before - DEPOSIT);

        claimBoth(id, 40 * USD, 25 * USD);
        claim(id, 50 * USD);
        assertEq(escrow.session(id).balance, DEPOSIT - 75 * USD);

        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        uint256 ofProvider = share(50 * USD);
        uint256 ofDelegators = ofProvider * CUT_PPM / 1e6;
        escrow.withdrawEarnings(provider.addr);
        escrow.withdrawEarnings(second.addr);
        assertEq(usd.balanceOf(provider.addr), ofProvider - ofDelegators);
        assertEq(usd.balanceOf(second.addr), share(25 * USD));
        vm.prank(delegator);
        assertEq(staking.claimRewards(provider.addr), ofDelegators);

        withdrawFees();
        endSession(grant, id);
        assertEq(usd.balanceOf(payer.addr), before - 75 * USD);
        assertEq(usd.balanceOf(address(escrow)), 0);
        assertEq(usd.balanceOf(address(staking)), 0);
    }

    function test_nothing_is_paid_before_it_has_matured() public {
        bytes32 id = relayOpen(grantOf("salt"));
        claim(id, 50 * USD);
        vm.warp(block.timestamp + EARNINGS_WINDOW - 1);
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured, share(50 * USD));
        assertEq(matured, 0);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, provider.addr));
        escrow.withdrawEarnings(provider.addr);
    }

    /// @dev The payer signs, somebody else pays the gas.
    function relayOpen(Grant memory grant) internal returns (bytes32 id) {
        bytes memory authorization = authorize(payer, DEPOSIT, escrow.grantDigest(grant));
        vm.prank(stranger.addr);
        id = escrow.open(grant, DEPOSIT, 0, type(uint256).max, authorization);
        assertTrue(escrow.session(id).state == SessionState.OPEN);
    }

    function claimBoth(bytes32 id, uint256 first, uint256 other) internal {
        Redemption[] memory batch = new Redemption[](2);
        batch[0] = redemption(id, provider.addr, first);
        batch[1] = redemption(id, second.addr, other);
        escrow.claim(batch);
    }

    function withdrawFees() internal {
        assertEq(escrow.withdrawFees(treasury), 75 * USD * PROTOCOL_FEE_PPM / 1e6);
        assertEq(escrow.withdrawFees(gateway.addr), 75 * USD * GATEWAY_FEE_PPM / 1e6);
        assertEq(escrow.withdrawFees(publisher), 75 * USD * ROYALTY_PPM / 1e6);
    }

    function endSession(Grant memory grant, bytes32 id) internal {
        bytes memory signature = sign(key, escrow.closeDigest(id));
        escrow.closeBySig(grant, signature);
        vm.warp(block.timestamp + WITHDRAW_DELAY);
        assertEq(escrow.withdraw(grant), DEPOSIT - 75 * USD);
        assertTrue(escrow.session(id).state == SessionState.WITHDRAWN);
    }

    function share(uint256 claimed) internal pure returns (uint256) {
        return claimed - claimed * (PROTOCOL_FEE_PPM + GATEWAY_FEE_PPM + ROYALTY_PPM) / 1e6;
    }
}
