// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Redemption} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant, Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice Whole transactions, written to `snapshots/gas.json` by `npm run protocol:gas`. Run with `--isolate`: within one
/// transaction everything is warm and cheap.
contract GasTest is DisputeTest {
    uint256 internal constant BATCH = 25;

    function setUp() public override {
        super.setUp();
        // Accounts that hold something already, as they do in all but the very first transaction.
        usd.mint(address(escrow), 1);
        usd.mint(provider.addr, 1);
        usd.mint(address(staking), 1);
    }

    function record(string memory name) internal {
        vm.snapshotValue("gas", name, vm.lastCallGas().gasTotalUsed);
    }

    function batchOf(uint256 size, uint256 cumulative) internal returns (Redemption[] memory batch) {
        batch = new Redemption[](size);
        for (uint256 i = 0; i < size; i++) {
            batch[i] = redemption(session(i), provider.addr, cumulative);
        }
    }

    function session(uint256 i) internal returns (bytes32 sid) {
        Grant memory grant = grantOf(bytes32(i));
        sid = escrow.grantDigest(grant);
        if (uint8(escrow.session(sid).state) == 0) openSession(grant, 10 * USD);
    }

    function test_open() public {
        session(1);
        Grant memory grant = grantOf("one more");
        bytes32 nonce = escrow.grantDigest(grant);
        uint256 validBefore = block.timestamp + 10 minutes;
        bytes memory authorization = authorizeUntil(payer, address(escrow), USD, nonce, validBefore);
        escrow.open(grant, USD, 0, validBefore, authorization);
        record("open");
    }

    function test_open_with_approval() public {
        session(1);
        Grant memory grant = grantOf("one more");
        vm.prank(payer.addr);
        usd.approve(address(escrow), type(uint256).max);
        vm.prank(payer.addr);
        escrow.openWithApproval(grant, USD);
        record("openWithApproval");
    }

    function test_top_up() public {
        bytes32 sid = session(1);
        bytes memory authorization = authorize(payer, USD, escrow.topUpDigest(sid, "salt"));
        escrow.topUp(sid, payer.addr, USD, 0, type(uint256).max, "salt", authorization);
        record("topUp");
    }

    function test_claim_one() public {
        claim(session(0), USD);
        record("claim, 1 voucher, first");
        claim(session(0), 2 * USD);
        record("claim, 1 voucher, repeat");
    }

    function test_claim_batch() public {
        escrow.claim(batchOf(BATCH, USD));
        record("claim, 25 vouchers of one provider, first");
        escrow.claim(batchOf(BATCH, 2 * USD));
        record("claim, 25 vouchers of one provider, repeat");
    }

    function test_claim_batch_of_100() public {
        escrow.claim(batchOf(100, USD));
        record("claim, 100 vouchers of one provider, first");
        escrow.claim(batchOf(100, 2 * USD));
        record("claim, 100 vouchers of one provider, repeat");
    }

    function test_claim_25_providers() public {
        escrow.claim(manyProviders(USD / 10));
        record("claim, 25 vouchers of 25 providers, first");
        escrow.claim(manyProviders(USD / 5));
        record("claim, 25 vouchers of 25 providers, repeat");
    }

    function manyProviders(uint256 cumulative) internal returns (Redemption[] memory batch) {
        batch = new Redemption[](BATCH);
        for (uint256 i = 0; i < BATCH; i++) {
            batch[i] = redemption(session(0), address(uint160(0xA55A7 + i)), cumulative);
        }
    }

    function test_close_and_withdraw() public {
        bytes32 sid = session(1);
        Grant memory grant = grantOf(bytes32(uint256(1)));
        assertEq(escrow.grantDigest(grant), sid);
        vm.prank(payer.addr);
        escrow.close(grant);
        record("close");
        vm.warp(block.timestamp + WITHDRAW_DELAY);
        escrow.withdraw(grant);
        record("withdraw");
    }

    function test_withdraw_earnings() public {
        claim(session(1), USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(provider.addr);
        record("withdrawEarnings");
    }

    function test_withdraw_earnings_with_delegators() public {
        delegate(delegator, provider.addr, 100e18);
        vm.prank(provider.addr);
        staking.setDelegatorCut(200_000);
        claim(session(1), USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(provider.addr);
        record("withdrawEarnings, with delegators");
        claim(session(1), 2 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        escrow.withdrawEarnings(provider.addr);
        record("withdrawEarnings, with delegators, repeat");
    }

    function test_withdraw_fees() public {
        claim(session(1), USD);
        escrow.withdrawFees(gateway.addr);
        record("withdrawFees");
    }

    function test_prove_conflict() public {
        delegate(delegator, provider.addr, 100e18);
        claim(session(1), USD);
        Ticket memory t = ticketOf("job", 0);
        JobReceipt memory a = receiptOf(t, "a");
        JobReceipt memory b = receiptOf(t, "b");
        bytes memory signatureA = signReceipt(a);
        bytes memory signatureB = signReceipt(b);
        vm.prank(stranger.addr);
        disputes.proveConflict(t, a, signatureA, b, signatureB);
        record("proveConflict");
    }

    /// @dev A committee of three out of eight candidates; the accused has delegators and unmatured earnings.
    function test_dispute() public {
        for (uint256 i = 0; i < 3; i++) {
            addPeer(PEERS + i);
        }
        delegate(delegator, provider.addr, 100e18);
        claim(session(1), USD);
        // A manager and a reporter that have held something before.
        assertTrue(assay.transfer(address(disputes), 1));
        commit("s");
        record("commitDispute");
        vm.roll(block.number + 6);
        bytes32 id = open("s");
        record("openDispute, 8 candidates");
        measureVotes(id);
        disputes.answer(id, print(0), PRINT_SALT);
        record("answer");
        disputes.resolve(id);
        record("resolve, guilty");
    }

    function measureVotes(bytes32 id) internal {
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < 3; i++) {
            bytes32 commitment = keccak256(abi.encode(id, jurors[i], true, print(9_000), bytes32("r")));
            address caller = i == 0 ? jurors[i] : providers.keyOf(jurors[i]);
            vm.prank(caller);
            disputes.commitFingerprint(id, commitment);
            record(i == 0 ? "commitFingerprint" : "commitFingerprint, by receipt key");
        }
        vm.warp(disputes.dispute(id).commitEnds);
        for (uint256 i = 0; i < 3; i++) {
            juryReveal(id, i == 0 ? jurors[i] : providers.keyOf(jurors[i]), true, print(9_000));
            record(i == 0 ? "revealFingerprint, first" : "revealFingerprint, by receipt key");
        }
    }

    function test_open_dispute_among_64() public {
        for (uint256 i = PEERS; i < 64; i++) {
            addPeer(i);
        }
        commit("s");
        vm.roll(block.number + 6);
        open("s");
        record("openDispute, 64 candidates");
    }

    function test_staking() public {
        stake(provider.addr, 1_000e18);
        record("stake");
        vm.prank(provider.addr);
        staking.thaw(1_000e18);
        record("thaw");
        delegate(delegator, provider.addr, 100e18);
        record("delegate, first");
        delegate(delegator, provider.addr, 100e18);
        record("delegate, repeat");
        vm.prank(delegator);
        staking.undelegate(provider.addr, 50e18);
        record("undelegate");
        vm.warp(block.timestamp + THAW);
        staking.withdraw(provider.addr);
        record("withdraw stake");
        staking.withdrawDelegated(provider.addr, delegator);
        record("withdrawDelegated");
    }

    function test_registries() public {
        registerModel(stranger.addr, MANIFEST, 0);
        record("register model, 15 bytes of manifest");
        registerModel(stranger.addr, new bytes(4096), 0);
        record("register model, 4 KiB of zeros as manifest");
        Vm.Wallet memory next = vm.createWallet("next key");
        bytes memory proof = sign(next, providers.receiptKeyDigest(provider.addr, next.addr));
        vm.prank(provider.addr);
        providers.rotateKey(next.addr, proof);
        record("rotateKey");
        offer(provider.addr, modelId);
        record("setOffer, repeat");
    }
}
