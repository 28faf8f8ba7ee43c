// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {DisputeParameters, DisputeStatus} from "../contracts/interfaces/IDisputeManager.sol";
import {Receipt as JobReceipt, Ticket} from "../contracts/libraries/Signed.sol";
import {AssayTest} from "./AssayTest.sol";

/// @notice A class with five more providers, a reporter, and the steps of a dispute.
abstract contract DisputeTest is AssayTest {
    uint256 internal constant PEERS = 5;
    bytes16 internal constant PRINT_SALT = "salt of print";

    address internal reporter = makeAddr("reporter");
    address[] internal peers;
    Ticket internal ticket;
    JobReceipt internal receipt;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < PEERS; i++) {
            addPeer(i);
        }
        fundStake(reporter, 10_000e18);
        vm.prank(reporter);
        assay.approve(address(disputes), type(uint256).max);
        ticket = ticketOf("disputed", 0);
        receipt = receiptOf(ticket, "wrong output");
        receipt.fingerprintHash = hashOf(print(0));
    }

    function addPeer(uint256 i) internal {
        Vm.Wallet memory peer = vm.createWallet(string.concat("peer ", vm.toString(i)));
        Vm.Wallet memory peerKey = vm.createWallet(string.concat("key of peer ", vm.toString(i)));
        registerProvider(peer, peerKey, STAKE);
        offer(peer.addr, modelId);
        peers.push(peer.addr);
    }

    /// @dev A fingerprint whose lanes are 0, 1000, 2000, ... each moved by `offset`.
    function print(int32 offset) internal pure returns (int32[16] memory lanes) {
        for (uint256 i = 0; i < 16; i++) {
            lanes[i] = int32(int256(i)) * 1000 + offset;
        }
    }

    function hashOf(int32[16] memory lanes) internal pure returns (bytes32) {
        bytes memory packed;
        for (uint256 i = 0; i < 16; i++) {
            packed = bytes.concat(packed, bytes4(uint32(lanes[i])));
        }
        return keccak256(bytes.concat(packed, PRINT_SALT));
    }

    function commit(bytes32 salt) internal returns (bytes32 commitment) {
        commitment = keccak256(abi.encode(reporter, disputes.receiptDigest(receipt), salt));
        vm.prank(reporter);
        disputes.commitDispute(commitment);
    }

    function open(bytes32 salt) internal returns (bytes32) {
        bytes memory signature = signReceipt(receipt);
        vm.prank(reporter);
        return disputes.openDispute(modelId, ticket, receipt, signature, salt);
    }

    function openDispute() internal returns (bytes32) {
        commit("s");
        vm.roll(block.number + 6);
        return open("s");
    }

    function juryCommit(bytes32 id, address juror, bool available, int32[16] memory lanes) internal {
        vm.prank(juror);
        disputes.commitFingerprint(id, keccak256(abi.encode(id, juror, available, lanes, bytes32("r"))));
    }

    function juryReveal(bytes32 id, address juror, bool available, int32[16] memory lanes) internal {
        vm.prank(juror);
        disputes.revealFingerprint(id, available, lanes, "r");
    }

    /// @dev All jurors commit and reveal the prints at these offsets; `type(int32).max` stands for unavailable.
    function vote(bytes32 id, int32[3] memory offsets) internal {
        int32[] memory list = new int32[](3);
        for (uint256 i = 0; i < 3; i++) {
            list[i] = offsets[i];
        }
        vote(id, list);
    }

    function vote(bytes32 id, int32[] memory offsets) internal {
        address[] memory jurors = disputes.jurorsOf(id);
        for (uint256 i = 0; i < jurors.length; i++) {
            juryCommit(id, jurors[i], offsets[i] != type(int32).max, printOr(offsets[i]));
        }
        vm.warp(disputes.dispute(id).commitEnds);
        for (uint256 i = 0; i < jurors.length; i++) {
            juryReveal(id, jurors[i], offsets[i] != type(int32).max, printOr(offsets[i]));
        }
    }

    function printOr(int32 offset) internal pure returns (int32[16] memory lanes) {
        if (offset != type(int32).max) lanes = print(offset);
    }

    /// @dev The provider's key is replaced by a new one.
    function rotate(address who, string memory name) internal returns (Vm.Wallet memory next) {
        next = vm.createWallet(name);
        bytes memory proof = sign(next, providers.receiptKeyDigest(who, next.addr));
        vm.prank(who);
        providers.rotateKey(next.addr, proof);
    }

    function setParameters(DisputeParameters memory next) internal {
        asGovernance(address(disputes), abi.encodeCall(disputes.setParameters, (next)));
    }

    function resolve(bytes32 id) internal returns (DisputeStatus) {
        vm.warp(disputes.dispute(id).revealEnds);
        return disputes.resolve(id);
    }
}
