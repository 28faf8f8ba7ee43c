// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IStaking, ThawRequest} from "../interfaces/IStaking.sol";

/// @notice The thawing part of one stake or pool, shared out among its open requests.
struct Thawing {
    uint128 tokens;
    uint128 shares;
    uint64 nonce;
}

/// @notice One account's open requests, oldest first.
struct ThawQueue {
    uint64 head;
    uint64 tail;
    mapping(uint256 requestId => ThawRequest) requests;
}

/// @title Thawing that a slash reaches pro rata
/// @notice Requests hold shares, so one slash touches two numbers however many requests are open. Every division rounds
/// against who is leaving.
library Thaw {
    using SafeCast for uint256;

    uint256 internal constant MAX_REQUESTS = 32;

    /// @dev Moves `tokens` into the thawing part as one more request.
    function start(Thawing storage thawing, ThawQueue storage queue, uint256 tokens, uint64 withdrawableAt)
        internal
        returns (uint256 requestId)
    {
        requestId = queue.tail;
        require(requestId - queue.head < MAX_REQUESTS, IStaking.StakingTooManyThaws(MAX_REQUESTS));
        bool first = thawing.shares == 0;
        uint256 shares = first ? tokens : tokens * thawing.shares / thawing.tokens;
        require(shares != 0, IStaking.StakingZeroAmount());

        thawing.tokens += uint128(tokens);
        thawing.shares += shares.toUint128();
        queue.requests[requestId] = ThawRequest(uint128(shares), withdrawableAt, thawing.nonce);
        queue.tail = uint64(requestId + 1);
    }

    /// @dev Takes the oldest request if it is due. A request that a slash wiped out is due and worth nothing.
    function finish(Thawing storage thawing, ThawQueue storage queue)
        internal
        returns (bool due, uint256 requestId, uint256 tokens)
    {
        requestId = queue.head;
        if (requestId == queue.tail) return (false, 0, 0);
        ThawRequest memory request = queue.requests[requestId];
        if (block.timestamp < request.withdrawableAt) return (false, 0, 0);

        due = true;
        queue.head = uint64(requestId + 1);
        delete queue.requests[requestId];
        if (request.nonce != thawing.nonce) return (due, requestId, 0);

        tokens = uint256(request.shares) * thawing.tokens / thawing.shares;
        thawing.shares -= request.shares;
        // The last one out leaves what rounding kept to those who stay.
        thawing.tokens = thawing.shares == 0 ? 0 : thawing.tokens - uint128(tokens);
    }

    /// @dev Takes the thawing part's share of a slash of `slashed` out of `total` tokens.
    function slash(Thawing storage thawing, uint256 slashed, uint256 total) internal {
        if (thawing.shares == 0) return;
        thawing.tokens = uint128(thawing.tokens * (total - slashed) / total);
        if (thawing.tokens != 0) return;
        thawing.shares = 0;
        thawing.nonce += 1;
    }

    function list(ThawQueue storage queue) internal view returns (uint256 firstId, ThawRequest[] memory requests) {
        firstId = queue.head;
        requests = new ThawRequest[](queue.tail - firstId);
        for (uint256 i = 0; i < requests.length; i++) {
            requests[i] = queue.requests[firstId + i];
        }
    }
}
