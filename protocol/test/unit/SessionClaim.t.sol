// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {ISessionEscrow, Redemption, SkipReason} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

contract SessionClaimTest is AssayTest {
    bytes32 internal sid;

    function setUp() public override {
        super.setUp();
        sid = openSession(10 * USD);
    }

    function expectSkip(bytes32 sessionId, uint256 cumulative, SkipReason reason) internal {
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.ClaimSkipped(sessionId, offerIdOf(provider.addr), 0, uint128(cumulative), reason);
    }

    function test_pays_protocol_gateway_publisher_and_the_rest_to_the_provider() public {
        claim(sid, USD);
        assertEq(escrow.fees(treasury), 10_000);
        assertEq(escrow.fees(gateway.addr), 20_000);
        assertEq(escrow.fees(publisher), 50_000);
        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured, 920_000);
        assertEq(matured, 0);
        assertEq(escrow.session(sid).balance, 9 * USD);
    }

    function test_reports_the_state_after() public {
        claim(sid, USD);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.VoucherClaimed(
            sid,
            offerIdOf(provider.addr),
            provider.addr,
            modelId,
            uint128(3 * USD),
            uint128(2 * USD),
            20_000,
            40_000,
            100_000,
            1_840_000,
            0,
            uint128(7 * USD),
            keccak256("receipts")
        );
        claim(sid, 3 * USD);
    }

    function test_pays_only_what_is_new() public {
        claim(sid, USD);
        claim(sid, 3 * USD);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 3 * USD);
        assertEq(escrow.session(sid).balance, 7 * USD);
    }

    function test_pays_what_is_there_and_the_rest_after_a_top_up() public {
        Redemption memory entry = redemption(sid, provider.addr, 12 * USD);
        claim(entry);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 10 * USD);
        usd.mint(address(this), 5 * USD);
        usd.approve(address(escrow), 5 * USD);
        escrow.topUpWithApproval(sid, 5 * USD);
        claim(entry);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 12 * USD);
        assertEq(escrow.session(sid).balance, 3 * USD);
    }

    function test_needs_no_guarantee_without_a_gateway() public {
        Grant memory grant = grantOf("alone");
        grant.gateway = address(0);
        grant.gatewayFeePpm = 0;
        bytes32 alone = openSession(grant, USD);
        Redemption memory entry = redemption(alone, provider.addr, USD);
        entry.guaranteeSignature = "";
        claim(entry);
        assertEq(escrow.claimed(alone, offerIdOf(provider.addr)), USD);
    }

    function test_skips_an_unknown_session() public {
        expectSkip("nothing", USD, SkipReason.UNKNOWN_SESSION);
        claim("nothing", USD);
    }

    function test_skips_a_voucher_claimed_twice() public {
        claim(sid, USD);
        expectSkip(sid, USD, SkipReason.ALREADY_CLAIMED);
        claim(sid, USD);
    }

    function test_skips_zero() public {
        expectSkip(sid, 0, SkipReason.ALREADY_CLAIMED);
        claim(sid, 0);
    }

    function test_skips_a_duplicate_in_the_same_batch() public {
        Redemption[] memory batch = new Redemption[](2);
        batch[0] = redemption(sid, provider.addr, USD);
        batch[1] = batch[0];
        escrow.claim(batch);
        assertEq(escrow.session(sid).balance, 9 * USD);
    }

    function test_skips_a_forged_voucher() public {
        Redemption memory entry = redemptionBy(stranger, gateway, sid, provider.addr, USD);
        expectSkip(sid, USD, SkipReason.BAD_VOUCHER);
        claim(entry);
    }

    function test_skips_a_forged_guarantee() public {
        Redemption memory entry = redemptionBy(key, stranger, sid, provider.addr, USD);
        expectSkip(sid, USD, SkipReason.BAD_GUARANTEE);
        claim(entry);
    }

    function test_skips_a_guarantee_over_other_receipts() public {
        Redemption memory entry = redemption(sid, provider.addr, USD);
        entry.receipts = keccak256("others");
        expectSkip(sid, USD, SkipReason.BAD_GUARANTEE);
        claim(entry);
    }

    function test_skips_when_nothing_is_left() public {
        claim(sid, 10 * USD);
        expectSkip(sid, 11 * USD, SkipReason.NOTHING_LEFT);
        claim(sid, 11 * USD);
    }

    function test_a_bad_entry_does_not_touch_the_others() public {
        Redemption[] memory batch = new Redemption[](3);
        batch[0] = redemptionBy(stranger, gateway, sid, provider.addr, 5 * USD);
        batch[1] = redemption(sid, provider.addr, USD);
        batch[2] = redemption("nothing", provider.addr, USD);
        escrow.claim(batch);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), USD);
    }

    function test_refuses_an_empty_batch() public {
        vm.expectRevert(ISessionEscrow.EscrowBatchEmpty.selector);
        escrow.claim(new Redemption[](0));
    }

    function test_refuses_an_oversized_batch() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowBatchTooLarge.selector, 101, 100));
        escrow.claim(new Redemption[](101));
    }

    function testFuzz_fees_and_rest_add_up(uint96 amount, uint32 royaltyPpm) public {
        amount = uint96(bound(amount, 1, 10 * USD));
        royaltyPpm = uint32(bound(royaltyPpm, 0, ROYALTY_PPM));
        vm.prank(publisher);
        models.setRoyalty(modelId, royaltyPpm);
        claim(sid, amount);
        (uint256 unmatured,) = escrow.earningsOf(provider.addr);
        uint256 paid = unmatured + escrow.fees(treasury) + escrow.fees(gateway.addr) + escrow.fees(publisher);
        assertEq(paid, amount);
        assertEq(escrow.session(sid).balance, 10 * USD - amount);
    }

    /// @dev Whatever bytes a batch carries, it never reverts and never pays for them.
    function testFuzz_garbage_is_skipped(bytes calldata voucher, bytes calldata guarantee, uint128 cumulative) public {
        Redemption memory entry = redemption(sid, provider.addr, USD);
        entry.voucherSignature = voucher;
        entry.guaranteeSignature = guarantee;
        entry.cumulative = cumulative;
        claim(entry);
        assertEq(escrow.session(sid).balance, 10 * USD);
    }

    /// @dev Neighbours share writes: whatever gateways and models a batch mixes, everyone gets what single claims would give.
    function testFuzz_a_mixed_batch_pays_like_single_claims(uint8[6] memory mix) public {
        Vm.Wallet memory other = vm.createWallet("other gateway");
        bytes32 second = registerModel(stranger.addr, "{}", 30_000);
        Grant memory g = grantOf("other");
        g.gateway = other.addr;
        g.gatewayFeePpm = 50_000;
        bytes32 sid2 = openSession(g, 10 * USD);
        uint256[4] memory expected;
        Redemption[] memory batch = new Redemption[](6);
        for (uint256 i = 0; i < 6; i++) {
            bool viaOther = mix[i] % 2 == 0;
            modelId = mix[i] % 4 < 2 ? second : models.modelIdOf(publisher, sha256(MANIFEST));
            address to = address(uint160(0xA55A0 + i));
            batch[i] = redemptionBy(key, viaOther ? other : gateway, viaOther ? sid2 : sid, to, USD);
            expected[viaOther ? 0 : 1] += viaOther ? 50_000 : 20_000;
            expected[mix[i] % 4 < 2 ? 2 : 3] += mix[i] % 4 < 2 ? 30_000 : 50_000;
        }
        escrow.claim(batch);
        assertEq(escrow.fees(other.addr), expected[0]);
        assertEq(escrow.fees(gateway.addr), expected[1]);
        assertEq(escrow.fees(stranger.addr), expected[2]);
        assertEq(escrow.fees(publisher), expected[3]);
        assertEq(escrow.fees(treasury), 60_000);
        assertEq(escrow.session(sid).balance + escrow.session(sid2).balance, 14 * USD);
    }
}
