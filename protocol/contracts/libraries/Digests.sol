// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grant, Receipt, Ticket} from "./Signed.sol";

/// @title EIP-712 struct hashes of everything Assay signs
/// @notice Types are letter by letter those of docs/PROTOCOL.md; `protocol/wire` builds the same digests in TypeScript.
library Digests {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant GRANT_TYPE = keccak256(
        "Grant(address payer,address key,address gateway,uint32 gatewayFeePpm,uint64 expiresAt,uint32 withdrawDelay,bytes32 policy,bytes32 salt)"
    );
    bytes32 private constant TOP_UP_TYPE = keccak256("TopUp(bytes32 sessionId,bytes32 salt)");
    bytes32 private constant CLOSE_TYPE = keccak256("Close(bytes32 sessionId)");
    bytes32 private constant VOUCHER_TYPE = keccak256("Voucher(bytes32 sessionId,bytes32 offerId,uint128 cumulative)");
    bytes32 private constant GUARANTEE_TYPE =
        keccak256("Guarantee(bytes32 sessionId,bytes32 offerId,uint128 cumulative,bytes32 receipts)");
    bytes32 private constant TICKET_TYPE = keccak256(
        "Ticket(bytes32 jobId,uint32 attempt,bytes32 sessionId,bytes32 offerId,uint128 maxPrice,uint64 deadline)"
    );
    bytes32 private constant RECEIPT_TYPE = keccak256(
        "Receipt(bytes32 ticket,bytes32 execClass,bytes32 inputRoot,bytes32 outputRoot,bytes32 fingerprintHash,uint64 units,uint128 price,uint64 startedAt,uint64 finishedAt)"
    );
    bytes32 private constant RECEIPT_KEY_TYPE = keccak256("ReceiptKey(address provider,address key)");

    function domain(address verifyingContract) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, keccak256("Assay"), keccak256("1"), block.chainid, verifyingContract));
    }

    function grant(Grant calldata g) internal pure returns (bytes32) {
        return keccak256(abi.encode(GRANT_TYPE, g));
    }

    function topUp(bytes32 sessionId, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(TOP_UP_TYPE, sessionId, salt));
    }

    function close(bytes32 sessionId) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLOSE_TYPE, sessionId));
    }

    function voucher(bytes32 sessionId, bytes32 offerId, uint128 cumulative) internal pure returns (bytes32) {
        return _hash(VOUCHER_TYPE, sessionId, offerId, cumulative, 0, 0x80);
    }

    function guarantee(bytes32 sessionId, bytes32 offerId, uint128 cumulative, bytes32 receipts)
        internal
        pure
        returns (bytes32)
    {
        return _hash(GUARANTEE_TYPE, sessionId, offerId, cumulative, receipts, 0xa0);
    }

    function ticket(Ticket calldata t) internal pure returns (bytes32) {
        return keccak256(abi.encode(TICKET_TYPE, t));
    }

    function receipt(Receipt calldata r) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPE, r));
    }

    function receiptKey(address provider, address key) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_KEY_TYPE, provider, key));
    }

    /// @dev keccak256(abi.encode(...)) of the first `length` bytes, without allocating: vouchers are hashed by the hundred.
    function _hash(
        bytes32 typeHash,
        bytes32 sessionId,
        bytes32 offerId,
        uint128 cumulative,
        bytes32 receipts,
        uint256 length
    ) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            mstore(add(free, 0x20), sessionId)
            mstore(add(free, 0x40), offerId)
            mstore(add(free, 0x60), and(cumulative, 0xffffffffffffffffffffffffffffffff))
            mstore(add(free, 0x80), receipts)
            result := keccak256(free, length)
        }
    }
}
