// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {SessionEscrow} from "../../contracts/escrow/SessionEscrow.sol";
import {DisputeStatus, IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {ISessionEscrow, Redemption, SessionState, SkipReason} from "../../contracts/interfaces/ISessionEscrow.sol";
import {IStaking} from "../../contracts/interfaces/IStaking.sol";
import {ITestUSD} from "../../contracts/interfaces/ITestUSD.sol";
import {Grant, Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";
import {Account1271} from "../mocks/Account1271.sol";
import {BlacklistToken, FeeToken, NestingPayer, ReentrantToken} from "../mocks/HostileTokens.sol";
import {IdleSlasher} from "../mocks/IdleSlasher.sol";

/// @notice One test for each known attack, named after it.
contract AttacksTest is DisputeTest {
    // ------------------------------------------------------------------ sessions

    function test_attack_top_up_with_somebody_elses_pending_authorisation() public {
        bytes32 mine = openSession(USD);
        Grant memory victims = grantOf("victim's own session");
        bytes memory pending = authorize(payer, 5 * USD, escrow.grantDigest(victims));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.topUp(mine, payer.addr, 5 * USD, 0, type(uint256).max, victims.salt, pending);
        bytes32 other = openSession(grantOf("second"), USD);
        bytes memory forOther = authorize(payer, 5 * USD, escrow.topUpDigest(other, "t"));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.topUp(mine, payer.addr, 5 * USD, 0, type(uint256).max, "t", forOther);
        escrow.topUp(other, payer.addr, 5 * USD, 0, type(uint256).max, "t", forOther);
        bytes32 nonce = escrow.topUpDigest(other, "t");
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDAuthorizationUsed.selector, payer.addr, nonce));
        escrow.topUp(other, payer.addr, 5 * USD, 0, type(uint256).max, "t", forOther);
    }

    function test_attack_a_copied_authorisation_claims_a_sessions_token() public {
        Grant memory g = grantOf("hash of the bearer token");
        bytes memory copied = authorize(payer, USD, escrow.grantDigest(g));
        Grant memory thiefs = g;
        thiefs.key = stranger.addr;
        vm.prank(stranger.addr);
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, payer.addr));
        escrow.open(thiefs, USD, 0, type(uint256).max, copied);
        vm.prank(stranger.addr);
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDCallerNotPayee.selector, stranger.addr, address(escrow)));
        usd.receiveWithAuthorization(
            payer.addr, address(escrow), USD, 0, type(uint256).max, "hash of the bearer token", copied
        );
    }

    function test_attack_front_running_the_relay_only_opens_the_same_session() public {
        Grant memory g = grantOf("salt");
        bytes memory authorization = authorize(payer, USD, escrow.grantDigest(g));
        vm.prank(stranger.addr);
        bytes32 sid = escrow.open(g, USD, 0, type(uint256).max, authorization);
        assertEq(escrow.session(sid).key, key.addr);
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowSessionExists.selector, sid));
        escrow.open(g, USD, 0, type(uint256).max, authorization);
    }

    function test_attack_dust_session_gas_drain() public {
        Grant memory g = grantOf("dust");
        bytes memory authorization = authorize(payer, 1, escrow.grantDigest(g));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowDepositTooSmall.selector, 1, USD / 10));
        escrow.open(g, 1, 0, type(uint256).max, authorization);
        // A payer with code cannot make a relayer run that code: the signature must be the account's own.
        Account1271 account = new Account1271(payer.addr);
        usd.mint(address(account), USD);
        g.payer = address(account);
        authorization = authorize(payer, USD, escrow.grantDigest(g));
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDBadSignature.selector, address(account)));
        escrow.open(g, USD, 0, type(uint256).max, authorization);
        account.execute(address(usd), abi.encodeCall(usd.approve, (address(escrow), USD)));
        account.execute(address(escrow), abi.encodeCall(escrow.openWithApproval, (g, USD)));
        assertEq(escrow.session(escrow.grantDigest(g)).balance, USD);
    }

    function test_attack_payer_closes_while_vouchers_are_out() public {
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, 10 * USD);
        Redemption memory voucher = redemption(sid, provider.addr, 4 * USD);
        vm.prank(payer.addr);
        escrow.close(g);
        vm.warp(block.timestamp + WITHDRAW_DELAY - 1);
        claim(voucher);
        vm.warp(block.timestamp + 1);
        assertEq(escrow.withdraw(g), 6 * USD);
    }

    function test_attack_a_stolen_key_spends_no_more_than_the_session() public {
        bytes32 sid = openSession(USD);
        Redemption memory all = redemption(sid, stranger.addr, type(uint128).max);
        claim(all);
        (uint256 unmatured,) = escrow.earningsOf(stranger.addr);
        assertLe(unmatured, USD);
        assertEq(escrow.session(sid).balance, 0);
    }

    function test_attack_double_spend_across_providers() public {
        bytes32 sid = openSession(10 * USD);
        Redemption[] memory batch = new Redemption[](2);
        batch[0] = redemption(sid, provider.addr, 8 * USD);
        batch[1] = redemption(sid, peers[0], 8 * USD);
        escrow.claim(batch);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)) + escrow.claimed(sid, offerIdOf(peers[0])), 10 * USD);
        assertTrue(escrow.bondOf(gateway.addr).barred, "who guaranteed both opens no more");
    }

    function test_attack_payers_fake_provider_cannot_outrun_the_guarantee() public {
        bytes32 sid = openSession(10 * USD);
        claim(redemptionBy(key, payer, sid, payer.addr, 10 * USD));
        assertEq(escrow.session(sid).balance, 10 * USD);
        claim(sid, 4 * USD);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 4 * USD);
    }

    function test_attack_bond_drained_by_unguaranteed_or_late_claims() public {
        addBond(50 * USD);
        Grant memory g = grantOf("salt");
        bytes32 sid = openSession(g, USD);
        Redemption memory unguaranteed = redemption(sid, provider.addr, 40 * USD);
        unguaranteed.guaranteeSignature = "";
        claim(unguaranteed);
        Grant memory alone = grantOf("alone");
        alone.gateway = address(0);
        alone.gatewayFeePpm = 0;
        claim(redemption(openSession(alone, USD), provider.addr, 40 * USD));
        Redemption memory late = redemption(sid, provider.addr, 40 * USD);
        vm.warp(g.expiresAt + WITHDRAW_DELAY);
        escrow.withdraw(g);
        claim(late);
        assertEq(escrow.bondOf(gateway.addr).tokens, 50 * USD);
        assertFalse(escrow.bondOf(gateway.addr).barred);
    }

    function test_attack_a_gateway_leaves_through_its_own_provider() public {
        addBond(50 * USD);
        bytes32 sid = openSession(USD);
        claim(redemption(sid, stranger.addr, 51 * USD));
        vm.warp(block.timestamp + BOND_THAW - 1);
        escrow.withdrawEarnings(stranger.addr);
        assertLt(usd.balanceOf(stranger.addr), USD, "nothing of the bond before its thaw");
    }

    function test_attack_offer_and_key_retired_before_a_claim() public {
        bytes32 sid = openSession(10 * USD);
        Redemption memory voucher = redemption(sid, provider.addr, USD);
        Vm.Wallet memory next = vm.createWallet("next");
        bytes memory proof = sign(next, providers.receiptKeyDigest(provider.addr, next.addr));
        vm.startPrank(provider.addr);
        providers.retireOffer(modelId);
        providers.rotateKey(next.addr, proof);
        staking.thaw(STAKE);
        vm.stopPrank();
        vm.prank(publisher);
        models.deprecate(modelId);
        claim(voucher);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), USD);
    }

    function test_attack_one_bad_voucher_kills_the_batch() public {
        bytes32 sid = openSession(10 * USD);
        Redemption[] memory batch = new Redemption[](6);
        for (uint256 i = 0; i < 6; i++) {
            batch[i] = redemption(sid, provider.addr, (i + 1) * USD);
        }
        batch[0].voucherSignature = "";
        batch[1].voucherSignature = new bytes(65);
        batch[2].guaranteeSignature = new bytes(64);
        batch[3].sessionId = "unknown";
        batch[4].voucherSignature = malleated(batch[4].voucherSignature);
        escrow.claim(batch);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 6 * USD);
    }

    /// @dev The other s of the same signature.
    function malleated(bytes memory signature) internal pure returns (bytes memory) {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 r;
        uint256 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        uint8 v = uint8(signature[64]) == 27 ? 28 : 27;
        return abi.encodePacked(r, bytes32(order - s), v);
    }

    function test_attack_a_malleated_voucher_is_no_signature() public {
        bytes32 sid = openSession(10 * USD);
        Redemption memory voucher = redemption(sid, provider.addr, USD);
        voucher.voucherSignature = malleated(voucher.voucherSignature);
        vm.expectEmit(address(escrow));
        emit ISessionEscrow.ClaimSkipped(sid, offerIdOf(provider.addr), 0, uint128(USD), SkipReason.BAD_VOUCHER);
        claim(voucher);
    }

    // ------------------------------------------------------------------ replay

    /// @dev Invariant 14: what was signed for another chain, contract, session, offer or amount never counts.
    function testFuzz_attack_replay_across_chain(uint64 chainId) public {
        chainId = uint64(bound(chainId, 1, type(uint64).max - 1));
        vm.assume(chainId != block.chainid);
        bytes32 sid = openSession(10 * USD);
        Redemption memory voucher = redemption(sid, provider.addr, USD);
        uint256 home = block.chainid;
        vm.chainId(chainId);
        claim(voucher);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), 0);
        vm.chainId(home);
        claim(voucher);
        assertEq(escrow.claimed(sid, offerIdOf(provider.addr)), USD);
    }

    function test_attack_replay_across_contract_session_and_offer() public {
        bytes32 sid = openSession(10 * USD);
        SessionEscrow twin = deployEscrow(address(usd));
        Grant memory g = grantOf("salt");
        bytes memory authorization = authorizeFor(payer, address(twin), USD, twin.grantDigest(g));
        bytes32 twinSid = twin.open(g, USD, 0, type(uint256).max, authorization);
        assertNotEq(twinSid, sid);
        Redemption[] memory batch = new Redemption[](3);
        for (uint256 i = 0; i < 3; i++) {
            batch[i] = redemption(sid, provider.addr, USD);
        }
        batch[0].sessionId = twinSid;
        batch[1].provider = stranger.addr;
        batch[2].cumulative += 1;
        twin.claim(batch);
        escrow.claim(batch);
        assertEq(escrow.session(sid).balance, 10 * USD);
        assertEq(twin.session(twinSid).balance, USD);
    }

    // ------------------------------------------------------------------ hostile payment tokens

    function hostile(address token) internal returns (SessionEscrow hostileEscrow, Grant memory g) {
        hostileEscrow = deployEscrow(token);
        g = grantOf("salt");
        vm.prank(payer.addr);
        FeeToken(token).approve(address(hostileEscrow), type(uint256).max);
    }

    function test_attack_fee_on_transfer_token_is_refused() public {
        FeeToken token = new FeeToken();
        token.mint(payer.addr, 10 * USD);
        (SessionEscrow e, Grant memory g) = hostile(address(token));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowWrongAmountReceived.selector, 990_000, USD));
        vm.prank(payer.addr);
        e.openWithApproval(g, USD);
    }

    function test_attack_reentrant_token_cannot_open_twice_with_one_deposit() public {
        ReentrantToken token = new ReentrantToken();
        (SessionEscrow e, Grant memory g) = hostile(address(token));
        token.mint(payer.addr, USD);
        NestingPayer nested = new NestingPayer();
        token.mint(address(nested), USD);
        nested.approve(token, address(e));
        Grant memory inner = grantOf("inner");
        inner.payer = address(nested);
        token.arm(address(nested), abi.encodeCall(nested.open, (e, inner, USD)));
        vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowWrongAmountReceived.selector, 2 * USD, USD));
        vm.prank(payer.addr);
        e.openWithApproval(g, USD);
    }

    function test_attack_reentrant_token_cannot_withdraw_twice() public {
        ReentrantToken token = new ReentrantToken();
        (SessionEscrow e, Grant memory g) = hostile(address(token));
        token.mint(payer.addr, 2 * USD);
        vm.startPrank(payer.addr);
        e.openWithApproval(g, USD);
        Grant memory other = grantOf("other's money");
        e.openWithApproval(other, USD);
        vm.stopPrank();
        vm.warp(g.expiresAt + WITHDRAW_DELAY);
        token.arm(address(e), abi.encodeCall(e.withdraw, (g)));
        e.withdraw(g);
        assertTrue(token.entered());
        assertFalse(token.succeeded());
        assertEq(token.balanceOf(address(e)), USD);
    }

    function test_attack_blacklisted_payee_stops_only_itself() public {
        BlacklistToken token = new BlacklistToken();
        (SessionEscrow e, Grant memory g) = hostile(address(token));
        token.mint(payer.addr, USD);
        vm.prank(payer.addr);
        bytes32 sid = e.openWithApproval(g, USD);
        token.list(provider.addr, true);
        token.list(publisher, true);
        token.list(gateway.addr, true);
        Redemption[] memory batch = new Redemption[](1);
        batch[0] = redemption(sid, provider.addr, USD / 2);
        bytes32 offerId = offerIdOf(provider.addr);
        batch[0].voucherSignature = sign(key, e.voucherDigest(sid, offerId, uint128(USD / 2)));
        batch[0].guaranteeSignature =
            sign(gateway, e.guaranteeDigest(sid, offerId, uint128(USD / 2), batch[0].receipts));
        e.claim(batch);
        vm.warp(g.expiresAt + WITHDRAW_DELAY);
        vm.expectRevert(abi.encodeWithSelector(BlacklistToken.Blacklisted.selector, provider.addr));
        e.withdrawEarnings(provider.addr);
        assertEq(e.withdraw(g), USD / 2);
        e.withdrawFees(treasury);
        vm.prank(provider.addr);
        providers.setPayout(stranger.addr);
        e.withdrawEarnings(provider.addr);
        assertGt(token.balanceOf(stranger.addr), 0);
    }

    // ------------------------------------------------------------------ stake

    function test_attack_stake_exit_before_slash() public {
        vm.prank(provider.addr);
        staking.thaw(STAKE);
        Ticket memory last = ticketOf("last job before leaving", 0);
        vm.warp(last.deadline + disputes.parameters().evidenceAge);
        assertEq(proveConflict(last), STAKE / 10);
    }

    function test_attack_share_inflation_and_donation() public {
        delegate(stranger.addr, provider.addr, 1e18);
        vm.prank(stranger.addr);
        staking.undelegate(provider.addr, 1e18 - 1);
        deal(address(assay), address(staking), assay.balanceOf(address(staking)) + 1_000e18);
        uint256 shares = delegate(delegator, provider.addr, 10e18);
        assertGe(shares, 10e18 - 1, "a donation changes no price");
    }

    function test_attack_thaw_queue_griefing() public {
        // Only the owner of a queue can lengthen it, and its whole length can be withdrawn at once.
        for (uint256 i = 0; i < 32; i++) {
            vm.prank(provider.addr);
            staking.thaw(1e18);
        }
        vm.warp(block.timestamp + THAW);
        uint256 before = gasleft();
        staking.withdraw(provider.addr);
        assertLt(before - gasleft(), 1_000_000);
    }

    function test_attack_delegators_rewards_cannot_be_bought_for_an_instant() public {
        delegate(delegator, provider.addr, 100e18);
        uint256 shares = delegate(stranger.addr, provider.addr, 900e18);
        vm.prank(stranger.addr);
        staking.undelegate(provider.addr, shares);
        usd.mint(address(this), USD);
        usd.approve(address(staking), USD);
        staking.addRewards(provider.addr, USD);
        assertEq(staking.rewardsOf(provider.addr, stranger.addr), 0);
        assertEq(staking.rewardsOf(provider.addr, delegator), USD);
    }

    // ------------------------------------------------------------------ disputes

    function test_attack_retry_cancel_and_failover_do_not_look_like_a_conflict() public {
        Ticket memory first = ticketOf("job", 0);
        JobReceipt memory a = receiptOf(first, "first try");
        Ticket memory retry = ticketOf("job", 1);
        JobReceipt memory b = receiptOf(retry, "second try");
        Ticket memory failover = ticketOf("job", 2);
        failover.offerId = offerIdOf(peers[0]);
        assertNotEq(disputes.ticketDigest(first), disputes.ticketDigest(retry));
        assertNotEq(disputes.ticketDigest(retry), disputes.ticketDigest(failover));
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = signReceipt(b);
        bytes32 id = disputes.ticketDigest(first);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeTicketMismatch.selector, id, b.ticket));
        disputes.proveConflict(first, a, signatureA, b, signatureB);
        // A replay of the same ticket returns the stored receipt: the same digest, whatever its signature.
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeSameReceipt.selector, disputes.receiptDigest(a)));
        disputes.proveConflict(first, a, signatureA, a, malleated(signatureA));
    }

    function test_attack_conflict_evidence_survives_retired_key_and_offer() public {
        JobReceipt memory a = receiptOf(ticket, "a");
        JobReceipt memory b = receiptOf(ticket, "b");
        bytes memory signatureA = signReceipt(a);
        Vm.Wallet memory next = vm.createWallet("next");
        bytes memory proof = sign(next, providers.receiptKeyDigest(provider.addr, next.addr));
        vm.startPrank(provider.addr);
        providers.retireOffer(modelId);
        providers.rotateKey(next.addr, proof);
        vm.stopPrank();
        bytes memory signatureB = sign(next, disputes.receiptDigest(b));
        assertEq(disputes.proveConflict(ticket, a, signatureA, b, signatureB), STAKE / 10);
    }

    /// @dev A thief invents tickets with fresh deadlines and collects the rewards of their conflicts.
    function test_attack_a_stolen_retired_key_bleeds_its_provider_only_for_a_while() public {
        rotate(provider.addr, "next");
        uint256 last = block.timestamp + 5 days;
        for (uint256 day = 0; day <= 5; day++) {
            proveConflict(ticketOf(bytes32(day), 0));
            vm.warp(block.timestamp + 1 days);
        }
        uint256 left = staking.ownStake(provider.addr).tokens;
        assertGt(left, STAKE / 2);
        for (uint256 later = 1; later < 5; later++) {
            vm.warp(block.timestamp + 200 days);
            ticket = ticketOf(bytes32(later + 100), 0);
            JobReceipt memory a = receiptOf(ticket, "a");
            JobReceipt memory b = receiptOf(ticket, "b");
            bytes memory signatureA = signReceipt(a);
            bytes memory signatureB = signReceipt(b);
            vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeEvidenceTooOld.selector, last));
            disputes.proveConflict(ticket, a, signatureA, b, signatureB);
        }
        assertEq(staking.ownStake(provider.addr).tokens, left);
    }

    function test_attack_redraws_of_a_committee() public {
        bytes32 unwanted = commit("first draw");
        vm.roll(block.number + 6);
        // Whoever dislikes the draw and lets it lapse loses the bond; the salt and block of a commitment fix its draw.
        vm.roll(block.number + 200);
        uint256 supply = assay.totalSupply();
        disputes.expireCommitment(reporter, unwanted);
        assertEq(assay.totalSupply(), supply - 100e18);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeCommitmentUnknown.selector, unwanted));
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "first draw");
        openDispute();
        commit("another");
        vm.roll(block.number + 6);
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeTicketUsed.selector, disputes.ticketDigest(ticket))
        );
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "another");
    }

    function test_attack_copied_fingerprints() public {
        bytes32 id = openDispute();
        address[] memory jurors = disputes.jurorsOf(id);
        bytes32 honest = keccak256(abi.encode(id, jurors[0], true, print(0), bytes32("r")));
        vm.prank(jurors[0]);
        disputes.commitFingerprint(id, honest);
        vm.prank(jurors[1]);
        disputes.commitFingerprint(id, honest);
        vm.warp(disputes.dispute(id).commitEnds);
        juryReveal(id, jurors[0], true, print(0));
        bytes32 computed = keccak256(abi.encode(id, jurors[1], true, print(0), bytes32("r")));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeBadReveal.selector, id, honest, computed));
        vm.prank(jurors[1]);
        disputes.revealFingerprint(id, true, print(0), "r");
    }

    function test_attack_copied_fingerprints_through_a_receipt_key() public {
        bytes32 id = openDispute();
        address[] memory jurors = disputes.jurorsOf(id);
        bytes32 honest = keccak256(abi.encode(id, jurors[0], true, print(0), bytes32("r")));
        vm.prank(providers.keyOf(jurors[0]));
        disputes.commitFingerprint(id, honest);
        address copyist = providers.keyOf(jurors[1]);
        vm.prank(copyist);
        disputes.commitFingerprint(id, honest);
        vm.warp(disputes.dispute(id).commitEnds);
        juryReveal(id, providers.keyOf(jurors[0]), true, print(0));
        bytes32 computed = keccak256(abi.encode(id, jurors[1], true, print(0), bytes32("r")));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeBadReveal.selector, id, honest, computed));
        vm.prank(copyist);
        disputes.revealFingerprint(id, true, print(0), "r");
    }

    function test_attack_reporter_front_run() public {
        bytes32 commitment = commit("s");
        fundStake(stranger.addr, 1_000e18);
        vm.startPrank(stranger.addr);
        assay.approve(address(disputes), type(uint256).max);
        disputes.commitDispute(commitment);
        vm.stopPrank();
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        bytes32 missing = keccak256(abi.encode(stranger.addr, disputes.receiptDigest(receipt), bytes32("s")));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeCommitmentUnknown.selector, missing));
        vm.prank(stranger.addr);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
        bytes32 id = open("s");
        assertEq(disputes.dispute(id).reporter, reporter);
    }

    /// @dev A provider that reports itself to save its stake from a burn always loses.
    function testFuzz_attack_self_reporting_never_profits(uint96 own, uint96 delegated) public {
        own = uint96(bound(own, 1_000e18, 1e25));
        delegated = uint96(bound(delegated, 1e18, 1e25));
        stake(provider.addr, own);
        delegate(delegator, provider.addr, delegated);
        uint256 before = staking.ownStake(provider.addr).tokens;
        JobReceipt memory a = receiptOf(ticket, "a");
        JobReceipt memory b = receiptOf(ticket, "b");
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = signReceipt(b);
        vm.prank(provider.addr);
        uint256 slashed = disputes.proveConflict(ticket, a, signatureA, b, signatureB);
        uint256 got = assay.balanceOf(provider.addr);
        assertLe(got * 4, slashed);
        assertLt(staking.ownStake(provider.addr).tokens + got, before);
    }

    /// @dev An accomplice burns a ticket by disputing it first while nobody can get the input: that costs it the committee's fees.
    function test_attack_a_dispute_whose_input_is_withheld_is_not_free() public {
        bytes32 id = openDispute();
        vote(id, [type(int32).max, type(int32).max, type(int32).max]);
        assertTrue(resolve(id) == DisputeStatus.DRAWN);
        assertEq(disputes.payoutOf(reporter), 85e18);
    }

    function test_attack_dispute_spam_costs_its_bond() public {
        bytes32 id = openDispute();
        vote(id, [int32(0), 0, 0]);
        disputes.answer(id, print(0), PRINT_SALT);
        disputes.resolve(id);
        assertEq(disputes.payoutOf(reporter), 0);
        assertGt(disputes.payoutOf(provider.addr), 0);
    }

    function test_attack_dead_committee_is_a_draw() public {
        claim(openSession(10 * USD), USD);
        bytes32 id = openDispute();
        assertTrue(resolve(id) == DisputeStatus.DRAWN);
        assertEq(escrow.frozenUntil(provider.addr), 0);
    }

    function test_attack_captured_manager_is_replaced_late_and_its_disputes_still_end() public {
        claim(openSession(10 * USD), USD);
        address next = address(new IdleSlasher(THAW));
        asGovernance(address(staking), abi.encodeCall(IStaking.announceSlasher, (next)));
        vm.warp(block.timestamp + 90 days);
        ticket = ticketOf("disputed", 0);
        receipt = receiptOf(ticket, "x");
        receipt.fingerprintHash = hashOf(print(0));
        bytes32 id = openDispute();
        vote(id, [int32(9_000), 9_000, 9_000]);
        disputes.answer(id, print(0), PRINT_SALT);
        staking.acceptSlasher();
        disputes.resolve(id);
        assertEq(staking.ownStake(provider.addr).tokens, STAKE);
        (, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(matured, 920_000);
        assertEq(escrow.frozenUntil(provider.addr), 0);
        assertEq(disputes.payoutOf(reporter), 100e18);
    }

    function test_attack_a_list_stuffed_with_lapsed_candidates_can_be_pruned() public {
        for (uint256 i = 100; i < 180; i++) {
            addPeer(i);
            vm.prank(peers[peers.length - 1]);
            staking.thaw(STAKE);
        }
        vm.warp(block.timestamp + THAW);
        for (uint256 i = PEERS; i < peers.length; i++) {
            staking.withdraw(peers[i]);
        }
        ticket = ticketOf("disputed", 0);
        receipt = receiptOf(ticket, "x");
        for (uint256 i = PEERS; i < peers.length; i++) {
            providers.prune(modelId, CLASS, peers[i]);
        }
        assertEq(providers.candidateCount(modelId, CLASS), PEERS + 1);
        openDispute();
    }

    function test_attack_a_long_list_stays_affordable() public {
        for (uint256 i = 100; i < 200; i++) {
            addPeer(i);
        }
        commit("s");
        vm.roll(block.number + 6);
        bytes memory signature = signReceipt(receipt);
        uint256 before = gasleft();
        vm.prank(reporter);
        disputes.openDispute(modelId, ticket, receipt, signature, "s");
        assertLt(before - gasleft(), 3_000_000);
    }

    function test_attack_the_guardian_cannot_hold_money() public {
        bytes32 sid = openSession(10 * USD);
        claim(sid, USD);
        uint64 until = uint64(block.timestamp + 30 days);
        asGovernance(address(escrow), abi.encodeCall(escrow.pauseEntry, (until)));
        asGovernance(address(staking), abi.encodeCall(staking.pauseEntry, (until)));
        vm.prank(provider.addr);
        staking.thaw(STAKE);
        vm.warp(block.timestamp + THAW);
        staking.withdraw(provider.addr);
        escrow.withdrawEarnings(provider.addr);
        escrow.withdrawFees(gateway.addr);
        assertEq(uint8(escrow.session(sid).state), uint8(SessionState.OPEN));
    }
}
