// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

/// @notice A gateway guarantees more than its sessions hold: its bond pays, and it opens no session again.
contract GatewayFailsTest is AssayTest {
    uint256 internal constant BOND = 50 * USD;
    uint256 internal constant DEPOSIT = 10 * USD;
    /// @dev What a provider keeps of a whole deposit.
    uint256 internal constant KEPT = 92 * USD / 10;

    function test_the_bond_pays_and_the_gateway_is_barred() public {
        addBond(BOND);
        bytes32 other = openSession(grantOf("other"), DEPOSIT);
        bytes32 id = openSession(DEPOSIT);
        claim(id, 30 * USD);
        assertEq(escrow.bondOf(gateway.addr).tokens, BOND - 20 * USD);
        assertTrue(escrow.bondOf(gateway.addr).barred);

        expectBarred("new");
        claim(other, DEPOSIT);
        assertEq(escrow.claimed(other, offerIdOf(provider.addr)), DEPOSIT);

        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(provider.addr);
        assertEq(usd.balanceOf(provider.addr), 2 * KEPT);
        vm.warp(block.timestamp + 2 * BOND_THAW - 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(provider.addr);
        assertEq(usd.balanceOf(provider.addr), 2 * KEPT + 20 * USD);
    }

    function test_what_the_bond_cannot_pay_waits_for_a_top_up() public {
        addBond(BOND);
        bytes32 id = openSession(DEPOSIT);
        claim(id, 80 * USD);
        assertEq(escrow.claimed(id, offerIdOf(provider.addr)), DEPOSIT + BOND);
        assertEq(escrow.bondOf(gateway.addr).tokens, 0);

        vm.startPrank(payer.addr);
        usd.approve(address(escrow), 20 * USD);
        escrow.topUpWithApproval(id, 20 * USD);
        vm.stopPrank();
        claim(id, 80 * USD);
        assertEq(escrow.claimed(id, offerIdOf(provider.addr)), 80 * USD);
    }

    function test_the_rest_of_the_bond_leaves_but_the_bar_stays() public {
        addBond(BOND);
        claim(openSession(DEPOSIT), 30 * USD);
        vm.prank(gateway.addr);
        escrow.thawBond(30 * USD);
        vm.warp(block.timestamp + BOND_THAW);
        assertEq(escrow.withdrawBond(gateway.addr), 30 * USD);
        addBond(BOND);
        expectBarred("after a new bond");
    }

    function test_a_session_without_a_gateway_bars_nobody() public {
        addBond(BOND);
        Grant memory grant = grantOf("alone");
        grant.gateway = address(0);
        grant.gatewayFeePpm = 0;
        bytes32 id = openSession(grant, DEPOSIT);
        claim(id, 30 * USD);
        assertEq(escrow.claimed(id, offerIdOf(provider.addr)), DEPOSIT);
        assertFalse(escrow.bondOf(address(0)).barred);
        assertEq(escrow.bondOf(gateway.addr).tokens, BOND);

        grant.salt = "alone again";
        openSession(grant, DEPOSIT);
    }

    function expectBarred(bytes32 salt) internal {
        Grant memory grant = grantOf(salt);
        bytes memory authorization = authorize(payer, DEPOSIT, escrow.grantDigest(grant));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowGatewayBarred.selector, gateway.addr));
        escrow.open(grant, DEPOSIT, 0, type(uint256).max, authorization);
    }
}
