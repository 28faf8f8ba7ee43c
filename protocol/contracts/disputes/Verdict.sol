// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Compares fingerprints of sixteen 32-bit lanes
/// @notice Jurors agree if every lane lies within the tolerance of the lane's median; a receipt is wrong if any of its lanes
/// lies more than three tolerances away from it.
library Verdict {
    uint256 internal constant LANES = 16;
    int256 internal constant WRONG_FACTOR = 3;

    function median(int32[16][] memory prints) internal pure returns (int32[16] memory middle) {
        int256[] memory values = new int256[](prints.length);
        for (uint256 lane = 0; lane < LANES; lane++) {
            for (uint256 i = 0; i < prints.length; i++) {
                _insert(values, i, prints[i][lane]);
            }
            middle[lane] = int32(_middle(values));
        }
    }

    function agrees(int32[16] memory print, int32[16] memory middle, uint32 tolerance) internal pure returns (bool) {
        return _within(print, middle, int256(uint256(tolerance)));
    }

    function isWrong(int32[16] memory print, int32[16] memory middle, uint32 tolerance) internal pure returns (bool) {
        return !_within(print, middle, WRONG_FACTOR * int256(uint256(tolerance)));
    }

    /// @dev As receipts hold it: keccak256 over 16 x 4 bytes, big endian, and the salt.
    function hash(int32[16] memory print, bytes16 salt) internal pure returns (bytes32) {
        bytes memory packed;
        for (uint256 lane = 0; lane < LANES; lane++) {
            packed = abi.encodePacked(packed, print[lane]);
        }
        return keccak256(abi.encodePacked(packed, salt));
    }

    function _insert(int256[] memory sorted, uint256 length, int256 value) private pure {
        uint256 place = length;
        while (place > 0 && sorted[place - 1] > value) {
            sorted[place] = sorted[place - 1];
            place--;
        }
        sorted[place] = value;
    }

    function _middle(int256[] memory sorted) private pure returns (int256) {
        uint256 half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    function _within(int32[16] memory print, int32[16] memory middle, int256 distance) private pure returns (bool) {
        for (uint256 lane = 0; lane < LANES; lane++) {
            int256 difference = int256(print[lane]) - middle[lane];
            if (difference > distance || -difference > distance) return false;
        }
        return true;
    }
}
