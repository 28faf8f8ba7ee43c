// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {TestUSD} from "../../contracts/tokens/TestUSD.sol";
import {AssayTest} from "../AssayTest.sol";
import {RebasingUSD} from "../mocks/RebasingUSD.sol";

/// @notice Nobody should settle in a token that rebases (docs/TRUST.md). What happens where somebody does.
contract RebasingTest is AssayTest {
    RebasingUSD internal token;
    Grant internal first;
    Grant internal second;

    function deployToken() internal override returns (TestUSD) {
        token = new RebasingUSD();
        return token;
    }

    function setUp() public override {
        super.setUp();
        first = grantOf("first");
        second = grantOf("second");
        openSession(first, 10 * USD);
        openSession(second, 10 * USD);
        vm.warp(first.expiresAt + WITHDRAW_DELAY);
    }

    function test_a_deposit_that_arrives_rounded_is_refused() public {
        token.rebase(1.000_000_3e18);
        Grant memory grant = grantOf("third");
        bytes memory authorization = authorize(payer, USD, escrow.grantDigest(grant));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowWrongAmountReceived.selector, USD - 1, USD));
        escrow.open(grant, USD, 0, type(uint256).max, authorization);
    }

    function test_what_a_rebase_adds_is_nobodys() public {
        token.rebase(2e18);
        assertEq(escrow.withdraw(first), 10 * USD);
        assertEq(escrow.withdraw(second), 10 * USD);
        assertEq(usd.balanceOf(address(escrow)), 20 * USD);
    }

    function test_what_a_rebase_takes_away_is_missing_for_the_last_alone_and_waits() public {
        token.rebase(0.75e18);
        assertEq(escrow.withdraw(first), 10 * USD);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        escrow.withdraw(second);
        assertEq(escrow.session(escrow.grantDigest(second)).balance, 10 * USD);
        usd.mint(address(escrow), 6 * USD);
        assertEq(escrow.withdraw(second), 10 * USD);
    }
}
