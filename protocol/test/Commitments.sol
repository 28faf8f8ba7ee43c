// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What docs/PROTOCOL.md says about hashes that no contract returns, written a second time and without looking at TypeScript.
library Commitments {
    uint256 private constant LEAF = 4096;
    string private constant TREE = "assay/tree/1";

    function ofDispute(address reporter, bytes32 receiptDigest, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(reporter, receiptDigest, salt));
    }

    function ofJuror(bytes32 disputeId, address juror, bool available, int32[16] memory fingerprint, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(disputeId, juror, available, fingerprint, salt));
    }

    function drawSeed(bytes32 random, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(random, salt));
    }

    function policy(uint128 maxPerJob, uint128 maxPerPeriod, uint32 periodSeconds, bytes32[] memory models)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash =
            keccak256("Policy(uint128 maxPerJob,uint128 maxPerPeriod,uint32 periodSeconds,bytes32[] models)");
        bytes32 list = keccak256(abi.encodePacked(models));
        return keccak256(abi.encode(typeHash, maxPerJob, maxPerPeriod, periodSeconds, list));
    }

    function chain(bytes32 head, bytes32 receiptDigest) internal pure returns (bytes32) {
        return keccak256(bytes.concat(head, receiptDigest));
    }

    function inputRoot(bytes16 salt, string memory params, bytes32 tensors) internal pure returns (bytes32) {
        bytes32 paramsHash = sha256(bytes.concat("assay/params/1", bytes(params)));
        return sha256(bytes.concat("assay/input/1", salt, paramsHash, tensors));
    }

    function outputRoot(bytes32 tensors) internal pure returns (bytes32) {
        return sha256(bytes.concat("assay/output/1", tensors));
    }

    function tensorRoot(string memory header, bytes memory data) internal pure returns (bytes32) {
        return sha256(bytes.concat(bytes(TREE), bytes(header), leavesRoot(data)));
    }

    function tensorsRoot(bytes32[] memory roots) internal pure returns (bytes32) {
        return sha256(bytes.concat(bytes(TREE), abi.encodePacked(roots)));
    }

    /// @dev From the top: the left subtree holds the largest power of two of leaves that leaves something for the right one.
    function leavesRoot(bytes memory data) internal pure returns (bytes32) {
        uint256 count = data.length == 0 ? 1 : (data.length + LEAF - 1) / LEAF;
        return _subtree(data, 0, count);
    }

    function _subtree(bytes memory data, uint256 first, uint256 count) private pure returns (bytes32) {
        if (count == 1) return sha256(bytes.concat(hex"00", _leaf(data, first * LEAF)));
        uint256 left = 1;
        while (left * 2 < count) {
            left *= 2;
        }
        bytes32 right = _subtree(data, first + left, count - left);
        return sha256(bytes.concat(hex"01", _subtree(data, first, left), right));
    }

    function _leaf(bytes memory data, uint256 start) private pure returns (bytes memory leaf) {
        uint256 length = data.length - start < LEAF ? data.length - start : LEAF;
        leaf = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            leaf[i] = data[start + i];
        }
    }
}
