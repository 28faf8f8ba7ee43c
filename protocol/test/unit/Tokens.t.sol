// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC3009} from "../../contracts/interfaces/IERC3009.sol";
import {ITestUSD} from "../../contracts/interfaces/ITestUSD.sol";
import {AssayTest} from "../AssayTest.sol";
import {Account1271} from "../mocks/Account1271.sol";

contract TokensTest is AssayTest {
    bytes32 private constant TRANSFER_TYPE = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL_TYPE = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant FOREVER = type(uint256).max;

    function typed(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", usd.DOMAIN_SEPARATOR(), structHash));
    }

    function transferDigest(address from, uint256 after_, uint256 before_, bytes32 nonce)
        internal
        view
        returns (bytes32)
    {
        return typed(keccak256(abi.encode(TRANSFER_TYPE, from, stranger.addr, 5, after_, before_, nonce)));
    }

    function split(bytes memory signature) internal pure returns (uint8 v, bytes32 r, bytes32 s) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }

    function test_names_and_units() public view {
        assertEq(usd.decimals(), 6);
        assertEq(usd.name(), "Test USD");
        assertEq(assay.decimals(), 18);
        assertEq(assay.nonces(payer.addr) + usd.nonces(payer.addr), 0);
    }

    function test_transfer_with_authorization_both_ways() public {
        bytes memory s = sign(payer, transferDigest(payer.addr, 0, FOREVER, "a"));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
        (uint8 v, bytes32 r, bytes32 ss) = split(sign(payer, transferDigest(payer.addr, 0, FOREVER, "b")));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "b", v, r, ss);
        assertEq(usd.balanceOf(stranger.addr), 10);
        assertTrue(usd.authorizationState(payer.addr, "a"));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDAuthorizationUsed.selector, payer.addr, bytes32("a")));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
    }

    function test_authorisations_have_a_beginning_and_an_end() public {
        uint256 now_ = block.timestamp;
        bytes memory early = sign(payer, transferDigest(payer.addr, now_, FOREVER, "a"));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDAuthorizationNotYetValid.selector, now_));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, now_, FOREVER, "a", early);
        bytes memory late = sign(payer, transferDigest(payer.addr, 0, now_, "a"));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDAuthorizationExpired.selector, now_));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, now_, "a", late);
    }

    function test_forged_authorisations_are_refused_both_ways() public {
        bytes memory s = sign(stranger, transferDigest(payer.addr, 0, FOREVER, "a"));
        bytes memory refusal = abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr);
        vm.expectRevert(refusal);
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
        (uint8 v, bytes32 r, bytes32 ss) = split(s);
        vm.expectRevert(refusal);
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", v, r, ss);
        vm.expectRevert(refusal);
        vm.prank(stranger.addr);
        usd.receiveWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", v, r, ss);
    }

    function test_receive_only_by_the_payee() public {
        bytes memory s = authorizeFor(payer, stranger.addr, 5, "a");
        (uint8 v, bytes32 r, bytes32 ss) = split(s);
        bytes memory refusal =
            abi.encodeWithSelector(ITestUSD.TestUSDCallerNotPayee.selector, address(this), stranger.addr);
        vm.expectRevert(refusal);
        usd.receiveWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
        vm.expectRevert(refusal);
        usd.receiveWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", v, r, ss);
        vm.prank(stranger.addr);
        usd.receiveWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
        assertEq(usd.balanceOf(stranger.addr), 5);
    }

    function test_cancelled_authorisations_are_used_up() public {
        bytes32 digest = typed(keccak256(abi.encode(CANCEL_TYPE, payer.addr, bytes32("a"))));
        vm.expectEmit(address(usd));
        emit IERC3009.AuthorizationCanceled(payer.addr, "a");
        usd.cancelAuthorization(payer.addr, "a", sign(payer, digest));
        bytes memory s = sign(payer, transferDigest(payer.addr, 0, FOREVER, "a"));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDAuthorizationUsed.selector, payer.addr, bytes32("a")));
        usd.transferWithAuthorization(payer.addr, stranger.addr, 5, 0, FOREVER, "a", s);
        (uint8 v, bytes32 r, bytes32 ss) =
            split(sign(payer, typed(keccak256(abi.encode(CANCEL_TYPE, payer.addr, bytes32("b"))))));
        usd.cancelAuthorization(payer.addr, "b", v, r, ss);
        assertTrue(usd.authorizationState(payer.addr, "b"));
    }

    function test_a_contract_answers_for_itself() public {
        Account1271 account = new Account1271(payer.addr);
        usd.mint(address(account), 5);
        bytes memory s = sign(payer, transferDigest(address(account), 0, FOREVER, "a"));
        usd.transferWithAuthorization(address(account), stranger.addr, 5, 0, FOREVER, "a", s);
        assertEq(usd.balanceOf(stranger.addr), 5);
    }

    function test_permit() public {
        bytes32 digest = typed(keccak256(abi.encode(PERMIT_TYPE, payer.addr, stranger.addr, 7, 0, FOREVER)));
        (uint8 v, bytes32 r, bytes32 s) = split(sign(payer, digest));
        usd.permit(payer.addr, stranger.addr, 7, FOREVER, v, r, s);
        assertEq(usd.allowance(payer.addr, stranger.addr), 7);
    }

    function test_stake_token_burns_what_the_caller_has() public {
        uint256 supply = assay.totalSupply();
        assay.burn(5);
        assertEq(assay.totalSupply(), supply - 5);
    }
}
