// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeStatus} from "./IDisputeManager.sol";

/// @notice Whose peers a committee is drawn from, and which two cannot be in it.
struct Jury {
    bytes32 modelId;
    bytes32 execClass;
    address accused;
    address reporter;
}

/// @notice What one juror revealed, if it did.
struct Ballot {
    address juror;
    bool revealed;
    bool available;
    int32[16] fingerprint;
}

/// @title Draws committees and weighs what they reveal. Holds no state and no money.
interface ICommittee {
    /// @notice Draws `size` different jurors; the chance of each is proportional to its slashable stake.
    /// Looks at no more than 64 candidates, a random sample if there are more, so that nobody can make a draw too dear.
    function draw(Jury calldata jury, bytes32 seed, uint256 size) external view returns (address[] memory jurors);

    /// @notice How many of the sample could be drawn.
    function eligible(Jury calldata jury, bytes32 seed) external view returns (uint256);

    /// @notice The verdict, and which jurors are paid for it. Guilty: most of the committee revealed a fingerprint, at least two
    /// thirds of those who revealed agree within the tolerance of the median in every lane, and the accused lies more than three
    /// tolerances away from it in some lane, or did not answer. Cleared: they agree and it does not. Paid are those who agree.
    /// Else a draw: paid are those whose fingerprint lies, in every lane, within the tolerance of another juror's. So work is
    /// paid without a verdict too, and neither an absence nor an invented fingerprint is.
    function judge(Ballot[] calldata ballots, bool answered, int32[16] calldata answer, uint32 tolerance)
        external
        pure
        returns (DisputeStatus status, bool[] memory wins, uint256 winners);
}
