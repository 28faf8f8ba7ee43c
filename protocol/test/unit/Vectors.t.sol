// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Test} from "forge-std/Test.sol";
import {Verdict} from "../../contracts/disputes/Verdict.sol";
import {Digests} from "../../contracts/libraries/Digests.sol";
import {Grant, Receipt as JobReceipt, Ticket} from "../../contracts/libraries/Signed.sol";

/// @notice Structs must come from calldata.
contract DigestsHarness {
    function grant(Grant calldata g) external pure returns (bytes32) {
        return Digests.grant(g);
    }

    function ticket(Ticket calldata t) external pure returns (bytes32) {
        return Digests.ticket(t);
    }

    function receipt(JobReceipt calldata r) external pure returns (bytes32) {
        return Digests.receipt(r);
    }
}

/// @notice Solidity answers the vectors that `protocol/test/vectors/vectors.test.ts` checks against TypeScript.
contract VectorsTest is Test {
    string internal json;
    DigestsHarness internal harness = new DigestsHarness();

    function setUp() public {
        json = vm.readFile("protocol/test/vectors/vectors.json");
        vm.chainId(vm.parseJsonUint(json, ".chainId"));
    }

    function encoded(string memory name) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(".digests.", name, ".encoded"));
    }

    function check(string memory name, bytes32 structHash) internal view {
        bytes32 domain = Digests.domain(vm.parseJsonAddress(json, ".verifyingContract"));
        bytes32 digest = vm.parseJsonBytes32(json, string.concat(".digests.", name, ".digest"));
        assertEq(MessageHashUtils.toTypedDataHash(domain, structHash), digest, name);
    }

    function test_domain() public view {
        address at_ = vm.parseJsonAddress(json, ".verifyingContract");
        assertEq(Digests.domain(at_), vm.parseJsonBytes32(json, ".domain"));
    }

    function test_structs() public view {
        check("Grant", harness.grant(abi.decode(encoded("Grant"), (Grant))));
        check("Ticket", harness.ticket(abi.decode(encoded("Ticket"), (Ticket))));
        check("Receipt", harness.receipt(abi.decode(encoded("Receipt"), (JobReceipt))));
    }

    function test_flat_messages() public view {
        (bytes32 a, bytes32 b) = abi.decode(encoded("TopUp"), (bytes32, bytes32));
        check("TopUp", Digests.topUp(a, b));
        check("Close", Digests.close(abi.decode(encoded("Close"), (bytes32))));
        uint128 c;
        (a, b, c) = abi.decode(encoded("Voucher"), (bytes32, bytes32, uint128));
        check("Voucher", Digests.voucher(a, b, c));
        bytes32 d;
        (a, b, c, d) = abi.decode(encoded("Guarantee"), (bytes32, bytes32, uint128, bytes32));
        check("Guarantee", Digests.guarantee(a, b, c, d));
        (address e, address f) = abi.decode(encoded("ReceiptKey"), (address, address));
        check("ReceiptKey", Digests.receiptKey(e, f));
    }

    function test_ids() public view {
        address who = 0xA1A1a1a1A1A1A1A1A1a1a1a1a1a1A1A1a1A1a1a1;
        bytes32 b2 = bytes32(uint256(type(uint256).max / 0xff * 0xb2));
        assertEq(keccak256(abi.encode(who, b2)), vm.parseJsonBytes32(json, ".modelId"));
    }

    function test_fingerprint() public view {
        int32[16] memory lanes = abi.decode(vm.parseJsonBytes(json, ".fingerprint"), (int32[16]));
        bytes16 salt = 0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a;
        assertEq(Verdict.hash(lanes, salt), vm.parseJsonBytes32(json, ".fingerprintHash"));
    }

    function test_receipt_chain() public view {
        bytes32 head = keccak256(abi.encodePacked(bytes32(0), bytes32(type(uint256).max / 0xff * 0x01)));
        head = keccak256(abi.encodePacked(head, bytes32(type(uint256).max / 0xff * 0x02)));
        assertEq(head, vm.parseJsonBytes32(json, ".receiptChain"));
    }
}
