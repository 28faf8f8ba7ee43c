// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grant} from "../libraries/Signed.sol";
import {IEntry} from "./IEntry.sol";

/// @notice Bounded in code; set by the timelock.
struct EscrowParameters {
    uint32 protocolFeePpm;
    uint64 minDeposit;
    uint32 minWithdrawDelay;
    uint32 earningsWindow;
    uint32 bondThaw;
}

/// @notice One voucher to redeem, with the gateway's guarantee where the session names a gateway.
/// @param receipts The hash chain over the receipts this pays for, as in the guarantee; not read without a gateway.
struct Redemption {
    bytes32 sessionId;
    address provider;
    bytes32 modelId;
    uint128 cumulative;
    bytes32 receipts;
    bytes voucherSignature;
    bytes guaranteeSignature;
}

/// @notice Where a session stands. The only ways: NONE to OPEN to CLOSING to WITHDRAWN, or OPEN to WITHDRAWN after expiry.
enum SessionState {
    NONE,
    OPEN,
    CLOSING,
    WITHDRAWN
}

/// @notice Two slots. `withdrawableAt` is zero until the session closes.
struct Session {
    address key;
    uint16 gatewayFeePpm;
    uint40 withdrawableAt;
    SessionState state;
    address gateway;
    uint96 balance;
}

/// @notice A gateway's collateral. `tokens` includes what is thawing; all of it covers shortfalls.
struct Bond {
    uint96 tokens;
    uint96 thawing;
    uint40 withdrawableAt;
    bool barred;
}

/// @notice A provider's earnings that have not matured, in two buckets: each matures one to two windows after it was earned.
/// `window` is the one in force when the current bucket began.
struct Maturing {
    uint96 current;
    uint96 previous;
    uint40 since;
    uint24 window;
}

/// @notice Why an entry of a claim batch was skipped.
enum SkipReason {
    UNKNOWN_SESSION,
    SESSION_WITHDRAWN,
    ALREADY_CLAIMED,
    BAD_VOUCHER,
    BAD_GUARANTEE,
    NOTHING_LEFT
}

/// @title Prepaid sessions, claims, maturing earnings and gateway bonds
/// @notice Signatures are EIP-712, domain ("Assay", "1", chainId, this contract). Every amount is in the payment token.
/// Out of each claimed amount: the protocol's fee, the gateway's fee, the royalty, and the rest, with all rounding, to the
/// provider. What the bond covers goes to the provider undivided.
interface ISessionEscrow is IEntry {
    /// @notice A session was opened. With `salt` these are all the fields of its grant.
    event SessionOpened(
        bytes32 indexed sessionId,
        address indexed payer,
        address indexed gateway,
        address key,
        uint32 gatewayFeePpm,
        uint128 deposit,
        uint64 expiresAt,
        uint32 withdrawDelay,
        bytes32 policy,
        bytes32 salt
    );

    event SessionToppedUp(bytes32 indexed sessionId, address indexed from, uint128 amount, uint128 balance);

    /// @notice Payer or key ended the session: claim before `withdrawableAt`.
    event SessionClosing(bytes32 indexed sessionId, address indexed by, uint64 withdrawableAt, uint128 balance);

    /// @notice The rest went back to the payer. Nothing can be claimed any more.
    event SessionWithdrawn(bytes32 indexed sessionId, address indexed payer, uint128 amount);

    /// @notice A voucher was redeemed, in part if too little was left. `cumulative` is what this offer has claimed of this
    /// session after it, `delta` what it claimed now, with `bondPaid` of it from the gateway's bond.
    /// `delta = protocolFee + gatewayFee + royalty + providerAmount` and `bondPaid` is part of `providerAmount`.
    event VoucherClaimed(
        bytes32 indexed sessionId,
        bytes32 indexed offerId,
        address indexed provider,
        bytes32 modelId,
        uint128 cumulative,
        uint128 delta,
        uint128 protocolFee,
        uint128 gatewayFee,
        uint128 royalty,
        uint128 providerAmount,
        uint128 bondPaid,
        uint128 sessionBalance,
        bytes32 receipts
    );

    /// @notice One entry of a batch could not be paid; the others were not touched by it.
    event ClaimSkipped(
        bytes32 indexed sessionId, bytes32 indexed offerId, uint256 index, uint128 cumulative, SkipReason reason
    );

    /// @notice Earnings became withdrawable; `unmatured` is what still waits.
    event EarningsMatured(address indexed provider, uint128 amount, uint128 unmatured);

    /// @notice Matured earnings were paid: `amount` to `payout`, `toDelegators` to the delegators' rewards.
    event EarningsWithdrawn(address indexed provider, address payout, uint128 amount, uint128 toDelegators);

    /// @notice Matured earnings were split: `forProvider` waits for `withdrawEarnings`.
    event EarningsShared(address indexed provider, uint128 forProvider, uint128 toDelegators);

    /// @notice A dispute opened: nothing of a provider's matures before `until`, nor of what it earns meanwhile. `unmatured` is
    /// all that waits now.
    event EarningsFrozen(address indexed provider, bytes32 indexed disputeId, uint128 unmatured, uint64 until);

    /// @notice A dispute is over. `until` is when the freeze ends that other disputes still keep up; zero: nothing is frozen.
    event EarningsReleased(address indexed provider, bytes32 indexed disputeId, uint128 unmatured, uint64 until);

    /// @notice Everything that had not matured went to the treasury.
    event EarningsForfeited(address indexed provider, bytes32 indexed disputeId, uint128 amount);

    /// @notice A gateway's, a publisher's or the treasury's fees were paid.
    event FeesWithdrawn(address indexed account, uint128 amount);

    event BondAdded(address indexed gateway, address indexed from, uint128 amount, uint128 bond);
    event BondThawing(address indexed gateway, uint128 amount, uint128 thawing, uint64 withdrawableAt);
    event BondWithdrawn(address indexed gateway, uint128 amount, uint128 bond);

    /// @notice A bond covered a shortfall in a session that was not withdrawn.
    event BondUsed(
        address indexed gateway, bytes32 indexed sessionId, address indexed provider, uint128 amount, uint128 bond
    );

    /// @notice The gateway signed more than its sessions hold, and can open no more of them.
    event GatewayBarred(address indexed gateway, bytes32 indexed sessionId, uint128 shortfall);

    event TreasurySet(address indexed treasury);

    error EscrowSessionExists(bytes32 sessionId);
    error EscrowSessionNotOpen(bytes32 sessionId, SessionState state);
    error EscrowZeroKey();
    error EscrowGatewayFeeTooHigh(uint32 feePpm, uint32 limit);
    error EscrowGatewayBarred(address gateway);
    error EscrowGrantExpired(uint64 expiresAt);
    error EscrowGrantTooLong(uint64 expiresAt, uint64 limit);
    error EscrowWithdrawDelayOutOfBounds(uint32 delay, uint32 min, uint32 max);
    error EscrowDepositTooSmall(uint256 deposit, uint256 minimum);
    error EscrowAmountTooLarge(uint256 amount, uint256 limit);
    error EscrowZeroAmount();
    error EscrowWrongAmountReceived(uint256 received, uint256 expected);
    error EscrowBadSignatureLength(uint256 length);
    error EscrowNotPayer(address caller, address payer);
    error EscrowNotPayerOrKey(bytes32 sessionId, address caller);
    error EscrowTooEarly(uint64 withdrawableAt);
    error EscrowBatchEmpty();
    error EscrowBatchTooLarge(uint256 size, uint256 limit);
    error EscrowNotDisputeManager(address caller);
    error EscrowAlreadyFrozen(bytes32 disputeId);
    error EscrowFreezeOutOfBounds(uint64 until, uint64 least, uint64 most);
    error EscrowNothingToWithdraw(address account);
    error EscrowBondTooSmall(uint256 asked, uint256 available);
    error EscrowZeroAddress();

    /// @notice Opens a session with the payer's ERC-3009 `ReceiveWithAuthorization`, whose nonce is the grant's digest. Anyone
    /// may relay it. A payer that is a contract uses `openWithApproval`.
    /// @param authorization 65 bytes, r, s, v.
    function open(
        Grant calldata grant,
        uint256 deposit,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata authorization
    ) external returns (bytes32 sessionId);

    /// @notice Opens a session with tokens the payer approved. Only the payer itself may call it.
    function openWithApproval(Grant calldata grant, uint256 deposit) external returns (bytes32 sessionId);

    /// @notice Adds to an open session with anyone's authorisation whose nonce is `TopUp(sessionId, salt)`'s digest.
    function topUp(
        bytes32 sessionId,
        address from,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata authorization
    ) external;

    /// @notice Adds to an open session with tokens the caller approved.
    function topUpWithApproval(bytes32 sessionId, uint256 amount) external;

    /// @notice Redeems vouchers, 1 to 100. Skips what cannot be paid, with an event; never reverts for an entry.
    function claim(Redemption[] calldata batch) external;

    /// @notice Ends a session, irreversibly. Only its payer or key.
    function close(Grant calldata grant) external;

    /// @notice Ends a session with the signature of its payer or key over `Close(bytes32 sessionId)`. Anyone may relay it.
    function closeBySig(Grant calldata grant, bytes calldata signature) external;

    /// @notice Refunds the rest to the payer, `withdrawDelay` after the close or the expiry. Anyone may call it.
    function withdraw(Grant calldata grant) external returns (uint256 amount);

    /// @notice Pays a provider, and its delegators, what has matured. Anyone may call it.
    function withdrawEarnings(address provider) external returns (uint256 amount);

    /// @notice Gives the delegators their part of what has matured, and keeps the provider's for `withdrawEarnings`.
    function shareEarnings(address provider) external returns (uint256 toDelegators);

    /// @notice Pays a gateway, a publisher or the treasury its fees. Anyone may call it.
    function withdrawFees(address account) external returns (uint256 amount);

    /// @notice Adds to a gateway's bond.
    function bond(address gateway, uint256 amount) external;

    /// @notice Starts to thaw part of the caller's bond. A second call adds to it and starts the wait again.
    function thawBond(uint256 amount) external;

    /// @notice Pays a gateway what has thawed of its bond. Anyone may call it.
    function withdrawBond(address gateway) external returns (uint256 amount);

    /// @notice Stops a provider's earnings from maturing while a dispute is open. Moves nothing: what waits, and what is earned
    /// meanwhile, stays in reach of every conviction. Only the dispute manager, once a dispute.
    /// @param until The freeze ends then, whatever became of the dispute, and nobody need call anything. A dispute that opens
    /// while a freeze lasts keeps it up but never lengthens it.
    /// @return unmatured All that waits now.
    function freezeEarnings(address provider, bytes32 disputeId, uint64 until) external returns (uint256 unmatured);

    /// @notice Ends a dispute's part in a freeze. With the last one the freeze ends: what is old enough matures at once, the rest
    /// when it would have without the freeze. Only the manager that froze, even after it was replaced. Without effect if the
    /// dispute freezes nothing.
    /// @return matured What matured now.
    function releaseEarnings(bytes32 disputeId) external returns (uint256 matured);

    /// @notice Takes everything of a provider's that has not matured, for the treasury, whatever freezes there are. They go on.
    /// Only the dispute manager.
    function forfeitEarnings(address provider, bytes32 disputeId) external returns (uint256 amount);

    function setParameters(EscrowParameters calldata parameters) external;
    function setTreasury(address treasury) external;

    function parameters() external view returns (EscrowParameters memory);
    function treasury() external view returns (address);
    function session(bytes32 sessionId) external view returns (Session memory);
    function claimed(bytes32 sessionId, bytes32 offerId) external view returns (uint256);

    /// @notice What waits, what has matured and could be withdrawn now, both before the delegators' part.
    function earningsOf(address provider) external view returns (uint256 unmatured, uint256 matured);

    /// @notice When a provider's earnings go on maturing; zero while nothing is frozen.
    function frozenUntil(address provider) external view returns (uint64);

    /// @notice Whose earnings a dispute froze, until released, and when that freeze ends.
    function frozenBy(bytes32 disputeId) external view returns (address provider, uint64 until);
    function fees(address account) external view returns (uint256);
    function bondOf(address gateway) external view returns (Bond memory);

    /// @notice A grant's digest, which is the session's id and the nonce its payer signs.
    function grantDigest(Grant calldata grant) external view returns (bytes32);
    function topUpDigest(bytes32 sessionId, bytes32 salt) external view returns (bytes32);
    function closeDigest(bytes32 sessionId) external view returns (bytes32);
    function voucherDigest(bytes32 sessionId, bytes32 offerId, uint128 cumulative) external view returns (bytes32);
    function guaranteeDigest(bytes32 sessionId, bytes32 offerId, uint128 cumulative, bytes32 receipts)
        external
        view
        returns (bytes32);
    function domainSeparator() external view returns (bytes32);
}
