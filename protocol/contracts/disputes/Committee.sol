// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ballot, ICommittee, Jury} from "../interfaces/ICommittee.sol";
import {DisputeStatus, IDisputeManager} from "../interfaces/IDisputeManager.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Verdict} from "./Verdict.sol";

/// @title Committee
/// @notice See {ICommittee}, which documents every function. Apart from the dispute manager only because of the limit on
/// the size of a contract.
contract Committee is ICommittee {
    uint256 public constant MAX_SAMPLE = 64;

    IProviderRegistry private immutable PROVIDERS;
    IStaking private immutable STAKING;

    constructor(IProviderRegistry providers, IStaking staking) {
        PROVIDERS = providers;
        STAKING = staking;
    }

    /// @inheritdoc ICommittee
    function draw(Jury calldata jury, bytes32 seed, uint256 size) external view returns (address[] memory jurors) {
        (address[] memory candidates, uint256[] memory weights, uint256 count) = _sample(jury, seed);
        require(count >= size, IDisputeManager.DisputeTooFewJurors(count, size));
        uint256 total = 0;
        for (uint256 i = 0; i < count; i++) {
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

    /// @inheritdoc ICommittee
    function eligible(Jury calldata jury, bytes32 seed) external view returns (uint256 count) {
        (,, count) = _sample(jury, seed);
    }

    /// @inheritdoc ICommittee
    function judge(Ballot[] calldata ballots, bool answered, int32[16] calldata answer, uint32 tolerance)
        external
        pure
        returns (DisputeStatus status, bool[] memory wins, uint256 winners)
    {
        wins = new bool[](ballots.length);
        (uint256 available, uint256 unavailable) = _count(ballots);
        if (available * 2 <= ballots.length) return _draw(ballots, tolerance);
        int32[16] memory median = Verdict.median(_prints(ballots, available));
        for (uint256 i = 0; i < ballots.length; i++) {
            wins[i] = ballots[i].available && Verdict.agrees(ballots[i].fingerprint, median, tolerance);
            if (wins[i]) winners++;
        }
        if (winners * 3 < (available + unavailable) * 2) return _draw(ballots, tolerance);
        bool wrong = !answered || Verdict.isWrong(answer, median, tolerance);
        return (wrong ? DisputeStatus.GUILTY : DisputeStatus.CLEARED, wins, winners);
    }

    /// @dev Two honest fingerprints lie within the tolerance of each other; one that stands alone shows no work.
    function _draw(Ballot[] calldata ballots, uint32 tolerance)
        private
        pure
        returns (DisputeStatus, bool[] memory wins, uint256 winners)
    {
        wins = new bool[](ballots.length);
        for (uint256 i = 0; i < ballots.length; i++) {
            wins[i] = _confirmed(ballots, i, tolerance);
            if (wins[i]) winners++;
        }
        return (DisputeStatus.DRAWN, wins, winners);
    }

    function _confirmed(Ballot[] calldata ballots, uint256 index, uint32 tolerance) private pure returns (bool) {
        if (!ballots[index].available) return false;
        for (uint256 i = 0; i < ballots.length; i++) {
            if (i == index || !ballots[i].available) continue;
            if (Verdict.agrees(ballots[index].fingerprint, ballots[i].fingerprint, tolerance)) return true;
        }
        return false;
    }

    /// @dev Returns the eligible candidates of the sample, packed to the front, with their weights.
    function _sample(Jury calldata jury, bytes32 seed)
        private
        view
        returns (address[] memory candidates, uint256[] memory weights, uint256 found)
    {
        uint256 count = PROVIDERS.candidateCount(jury.modelId, jury.execClass);
        uint256 size = count < MAX_SAMPLE ? count : MAX_SAMPLE;
        candidates = new address[](size);
        weights = new uint256[](size);
        uint256[] memory seen = new uint256[](count / 256 + 1);
        for (uint256 i = 0; i < size; i++) {
            uint256 index = size == count ? i : uint256(keccak256(abi.encode(seed, "sample", i))) % count;
            uint256 bit = 2 ** (index % 256);
            if (seen[index / 256] & bit != 0) continue;
            seen[index / 256] |= bit;
            address candidate = PROVIDERS.candidateAt(jury.modelId, jury.execClass, index);
            uint256 weight = _weight(jury, candidate);
            if (weight == 0) continue;
            candidates[found] = candidate;
            weights[found] = weight;
            found++;
        }
    }

    function _weight(Jury calldata jury, address candidate) private view returns (uint256) {
        if (candidate == jury.accused || candidate == jury.reporter) return 0;
        if (!PROVIDERS.isLive(candidate, jury.modelId, jury.execClass)) return 0;
        return STAKING.slashable(candidate);
    }

    function _pick(uint256[] memory weights, uint256 ticket) private pure returns (uint256 index) {
        while (ticket >= weights[index]) {
            ticket -= weights[index];
            index++;
        }
    }

    function _count(Ballot[] calldata ballots) private pure returns (uint256 available, uint256 unavailable) {
        for (uint256 i = 0; i < ballots.length; i++) {
            if (!ballots[i].revealed) continue;
            if (ballots[i].available) available++;
            else unavailable++;
        }
    }

    function _prints(Ballot[] calldata ballots, uint256 available) private pure returns (int32[16][] memory prints) {
        prints = new int32[16][](available);
        uint256 found = 0;
        for (uint256 i = 0; i < ballots.length; i++) {
            if (ballots[i].available) prints[found++] = ballots[i].fingerprint;
        }
    }
}
