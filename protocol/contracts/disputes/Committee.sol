// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisputeManager} from "../interfaces/IDisputeManager.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {IStaking} from "../interfaces/IStaking.sol";

/// @notice Where jurors come from and who cannot be one.
struct Jury {
    IProviderRegistry providers;
    IStaking staking;
    bytes32 modelId;
    bytes32 execClass;
    address accused;
    address reporter;
}

/// @title Draws jurors from the providers that serve the same model in the same class
/// @notice Looks at no more than 64 candidates, so that a long list cannot make a dispute too dear to open: a random sample
/// of them if there are more. Within the sample the chance to be drawn is proportional to slashable stake.
library Committee {
    uint256 internal constant MAX_SAMPLE = 64;

    /// @dev Reverts if fewer than `size` candidates are eligible.
    function draw(Jury memory jury, bytes32 seed, uint256 size) internal view returns (address[] memory jurors) {
        (address[] memory candidates, uint256[] memory weights, uint256 eligible) = sample(jury, seed);
        require(eligible >= size, IDisputeManager.DisputeTooFewJurors(eligible, size));
        uint256 total = 0;
        for (uint256 i = 0; i < eligible; i++) {
            total += weights[i];
        }
        jurors = new address[](size);
        for (uint256 seat = 0; seat < size; seat++) {
            uint256 index = _pick(weights, uint256(keccak256(abi.encode(seed, "seat", seat))) % total);
            jurors[seat] = candidates[index];
            total -= weights[index];
            weights[index] = 0;
        }
    }

    /// @dev Returns the eligible candidates of the sample, packed to the front, with their weights.
    function sample(Jury memory jury, bytes32 seed)
        internal
        view
        returns (address[] memory candidates, uint256[] memory weights, uint256 eligible)
    {
        uint256 count = jury.providers.candidateCount(jury.modelId, jury.execClass);
        uint256 size = count < MAX_SAMPLE ? count : MAX_SAMPLE;
        candidates = new address[](size);
        weights = new uint256[](size);
        uint256[] memory seen = new uint256[](count / 256 + 1);
        for (uint256 i = 0; i < size; i++) {
            uint256 index = size == count ? i : uint256(keccak256(abi.encode(seed, "sample", i))) % count;
            if (seen[index / 256] & (1 << (index % 256)) != 0) continue;
            seen[index / 256] |= 1 << (index % 256);
            address candidate = jury.providers.candidateAt(jury.modelId, jury.execClass, index);
            uint256 weight = _weight(jury, candidate);
            if (weight == 0) continue;
            candidates[eligible] = candidate;
            weights[eligible] = weight;
            eligible++;
        }
    }

    function _weight(Jury memory jury, address candidate) private view returns (uint256) {
        if (candidate == jury.accused || candidate == jury.reporter) return 0;
        if (!jury.providers.isLive(candidate, jury.modelId, jury.execClass)) return 0;
        return jury.staking.slashable(candidate);
    }

    function _pick(uint256[] memory weights, uint256 ticket) private pure returns (uint256 index) {
        while (ticket >= weights[index]) {
            ticket -= weights[index];
            index++;
        }
    }
}
