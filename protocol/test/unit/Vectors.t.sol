// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Verdict} from "../../contracts/disputes/Verdict.sol";
import {DisputeManager} from "../../contracts/disputes/DisputeManager.sol";
import {SessionEscrow} from "../../contracts/escrow/SessionEscrow.sol";
import {DisputeStatus} from "../../contracts/interfaces/IDisputeManager.sol";
import {ICommittee, Jury} from "../../contracts/interfaces/ICommittee.sol";
import {IRandomness} from "../../contracts/interfaces/IRandomness.sol";
import {Grant, Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";
import {ProviderRegistry} from "../../contracts/registry/ProviderRegistry.sol";
import {AssayTest} from "../AssayTest.sol";
import {Commitments} from "../Commitments.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice Solidity answers the vectors that `protocol/test/vectors/vectors.test.ts` checks against TypeScript.
contract VectorsTest is AssayTest {
    string internal json;
    address internal place;

    /// @dev The contracts as deployed, at the vectors' place and chain: a copied contract computes its domain anew.
    function setUp() public override {
        super.setUp();
        json = vm.readFile("protocol/test/vectors/vectors.json");
        place = vm.parseJsonAddress(json, ".verifyingContract");
        vm.etch(place, address(escrow).code);
        escrow = SessionEscrow(place);
        disputes = new DisputeManager(places(), disputeParameters());
        vm.chainId(vm.parseJsonUint(json, ".chainId"));
    }

    function encoded(string memory name) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(".digests.", name, ".encoded"));
    }

    function check(string memory name, bytes32 digest) internal view {
        assertEq(digest, vm.parseJsonBytes32(json, string.concat(".digests.", name, ".digest")), name);
    }

    function word(string memory path) internal view returns (bytes32) {
        return vm.parseJsonBytes32(json, path);
    }

    function test_domain() public view {
        assertEq(escrow.domainSeparator(), word(".domain"));
        assertEq(disputes.domainSeparator(), word(".domain"));
    }

    function test_structs() public view {
        check("Grant", escrow.grantDigest(abi.decode(encoded("Grant"), (Grant))));
        check("Ticket", disputes.ticketDigest(abi.decode(encoded("Ticket"), (Ticket))));
        check("Receipt", disputes.receiptDigest(abi.decode(encoded("Receipt"), (JobReceipt))));
    }

    function test_flat_messages() public view {
        (bytes32 a, bytes32 b) = abi.decode(encoded("TopUp"), (bytes32, bytes32));
        check("TopUp", escrow.topUpDigest(a, b));
        check("Close", escrow.closeDigest(abi.decode(encoded("Close"), (bytes32))));
        uint128 c;
        (a, b, c) = abi.decode(encoded("Voucher"), (bytes32, bytes32, uint128));
        check("Voucher", escrow.voucherDigest(a, b, c));
        bytes32 d;
        (a, b, c, d) = abi.decode(encoded("Guarantee"), (bytes32, bytes32, uint128, bytes32));
        check("Guarantee", escrow.guaranteeDigest(a, b, c, d));
    }

    function test_receipt_key() public {
        vm.etch(place, address(providers).code);
        (address a, address b) = abi.decode(encoded("ReceiptKey"), (address, address));
        check("ReceiptKey", ProviderRegistry(place).receiptKeyDigest(a, b));
    }

    function test_ids() public view {
        address publisher_ = address(bytes20(hex"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"));
        address provider_ = address(bytes20(hex"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3"));
        assertEq(models.modelIdOf(publisher_, repeated(0xb2)), word(".modelId"));
        assertEq(providers.offerIdOf(provider_, repeated(0xd4)), word(".offerId"));
    }

    function test_policy() public view {
        bytes memory data = vm.parseJsonBytes(json, ".policyEncoded");
        (uint128 a, uint128 b, uint32 c, bytes32[] memory d) = abi.decode(data, (uint128, uint128, uint32, bytes32[]));
        assertEq(Commitments.policy(a, b, c, d), word(".policy"));
    }

    function test_fingerprint() public view {
        bytes16 salt = 0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a;
        assertEq(Verdict.hash(lanes(), salt), word(".fingerprintHash"));
    }

    function test_receipt_chain() public view {
        bytes32 head = Commitments.chain(0, repeated(0x01));
        assertEq(Commitments.chain(head, repeated(0x02)), word(".receiptChain"));
    }

    function test_dispute_commitments() public view {
        bytes32 salt = word(".dispute.salt");
        address reporter_ = vm.parseJsonAddress(json, ".dispute.reporter");
        bytes32 commitment = Commitments.ofDispute(reporter_, word(".dispute.receiptDigest"), salt);
        assertEq(commitment, word(".dispute.commitment"));
        assertEq(Commitments.drawSeed(word(".dispute.random"), salt), word(".dispute.seed"));

        bytes32 id = word(".dispute.disputeId");
        address juror = vm.parseJsonAddress(json, ".dispute.juror");
        assertEq(Commitments.ofJuror(id, juror, true, lanes(), salt), word(".dispute.jurorCommitment"));
        int32[16] memory none;
        assertEq(Commitments.ofJuror(id, juror, false, none, salt), word(".dispute.unavailableCommitment"));
    }

    function test_trees() public view {
        for (uint256 i = 0; i < 6; i++) {
            string memory at_ = string.concat(".commitments.trees[", vm.toString(i), "]");
            assertEq(Commitments.leavesRoot(data(at_)), word(string.concat(at_, ".root")), at_);
        }
    }

    function test_input_and_output_roots() public view {
        bytes32[] memory roots = new bytes32[](2);
        for (uint256 i = 0; i < 2; i++) {
            string memory at_ = string.concat(".commitments.tensors[", vm.toString(i), "]");
            roots[i] = Commitments.tensorRoot(vm.parseJsonString(json, string.concat(at_, ".header")), data(at_));
        }
        bytes32 tensors = Commitments.tensorsRoot(roots);
        assertEq(Commitments.outputRoot(tensors), word(".commitments.outputRoot"));
        bytes16 salt = bytes16(vm.parseJsonBytes(json, ".commitments.salt"));
        string memory params = vm.parseJsonString(json, ".commitments.params");
        assertEq(Commitments.inputRoot(salt, params, tensors), word(".commitments.inputRoot"));
    }

    function lanes() internal view returns (int32[16] memory) {
        return abi.decode(vm.parseJsonBytes(json, ".fingerprint"), (int32[16]));
    }

    /// @dev Byte i is `(7 i + seed) mod 256`.
    function data(string memory path) internal view returns (bytes memory made) {
        uint256 seed = vm.parseJsonUint(json, string.concat(path, ".seed"));
        made = new bytes(vm.parseJsonUint(json, string.concat(path, ".length")));
        for (uint256 i = 0; i < made.length; i++) {
            made[i] = bytes1(uint8((7 * i + seed) % 256));
        }
    }

    function repeated(uint8 value) internal pure returns (bytes32) {
        return bytes32(type(uint256).max / 0xff * value);
    }
}

/// @notice The contract takes the commitments that the vectors hold both languages to.
contract CommitmentsTest is DisputeTest {
    function test_the_manager_accepts_and_draws_from_them() public {
        bytes32 digest = disputes.receiptDigest(receipt);
        vm.prank(reporter);
        disputes.commitDispute(Commitments.ofDispute(reporter, digest, "salt"));
        uint256 drawBlock = block.number + disputes.parameters().drawDelay;
        vm.roll(drawBlock + 1);
        bytes32 random = IRandomness(disputes.randomness()).seedOf(drawBlock);
        Jury memory jury = Jury(modelId, CLASS, provider.addr, reporter);
        bytes32 seed = Commitments.drawSeed(random, "salt");
        vm.expectCall(address(committee), abi.encodeCall(ICommittee.draw, (jury, seed, 3)));
        bytes32 id = open("salt");

        address[] memory jurors = disputes.jurorsOf(id);
        int32[16] memory none;
        commitAs(id, jurors[0], true, print(-7));
        commitAs(id, jurors[1], false, none);
        vm.warp(disputes.dispute(id).commitEnds);
        juryReveal(id, jurors[0], true, print(-7));
        juryReveal(id, jurors[1], false, none);
        assertTrue(disputes.dispute(id).status == DisputeStatus.OPEN);
        assertEq(disputes.dispute(id).reveals, 2);
    }

    function commitAs(bytes32 id, address juror, bool available, int32[16] memory found) internal {
        bytes32 commitment = Commitments.ofJuror(id, juror, available, found, "r");
        vm.prank(juror);
        disputes.commitFingerprint(id, commitment);
    }
}
