// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The one message a payer signs: it becomes the nonce of the token's ERC-3009 authorisation, and its digest is
/// the session's id.
/// @param payer Whose tokens fill the session and who gets back what is left.
/// @param key The session key, which signs vouchers.
/// @param gateway Whose guarantee every claim needs, or zero for a session without a marketplace.
/// @param gatewayFeePpm The gateway's share of what is claimed, at most 50,000.
/// @param expiresAt When the session ends by itself, in seconds.
/// @param withdrawDelay Seconds between the end of the session and the refund.
/// @param policy Digest of the `Policy` the payer wants enforced; advisory, read off chain only.
/// @param salt sha256 of a 32-byte token: whoever shows the token is the session's bearer.
struct Grant {
    address payer;
    address key;
    address gateway;
    uint32 gatewayFeePpm;
    uint64 expiresAt;
    uint32 withdrawDelay;
    bytes32 policy;
    bytes32 salt;
}

/// @notice What was asked of whom, for at most how much, until when. Nobody signs it; receipts name its digest.
struct Ticket {
    bytes32 jobId;
    uint32 attempt;
    bytes32 sessionId;
    bytes32 offerId;
    uint128 maxPrice;
    uint64 deadline;
}

/// @notice The provider's statement of what it computed for one ticket, signed by its receipt key.
struct Receipt {
    bytes32 ticket;
    bytes32 execClass;
    bytes32 inputRoot;
    bytes32 outputRoot;
    bytes32 fingerprintHash;
    uint64 units;
    uint128 price;
    uint64 startedAt;
    uint64 finishedAt;
}
