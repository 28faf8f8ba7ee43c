// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt, Ticket} from "../libraries/Signed.sol";
import {IParameters} from "./IParameters.sol";

/// @notice Bounded in code; set by the timelock. Periods in seconds, fees and bonds in the stake token.
/// @param evidenceAge How long after a ticket's deadline its receipts are evidence.
/// @param commitWindow How long jurors may commit fingerprints.
/// @param revealWindow How long jurors, and the accused, may reveal after that.
/// @param conflictCooldown Least time between two conflict slashes of one provider.
/// @param conflictSlashPpm Part of the slashable stake a conflict costs, at most 100,000.
/// @param wrongOutputSlashPpm Part of the slashable stake a wrong output costs, at most 100,000.
/// @param rewardPpm Part of the slashed own stake that rewards jurors and reporter, at most 250,000.
/// @param drawDelay Blocks from a dispute's commitment to the block whose hash draws the committee.
/// @param committeeSize Jurors in a committee.
/// @param disputeBond What a reporter locks.
/// @param jurorFee What each juror on the winning side gets; less where the slash, or the bond of an older commitment, is too small.
struct DisputeParameters {
    uint32 evidenceAge;
    uint32 commitWindow;
    uint32 revealWindow;
    uint32 conflictCooldown;
    uint32 conflictSlashPpm;
    uint32 wrongOutputSlashPpm;
    uint32 rewardPpm;
    uint8 drawDelay;
    uint8 committeeSize;
    uint96 disputeBond;
    uint96 jurorFee;
}

/// @notice A reporter's hidden intention, with its bond.
struct DisputeCommitment {
    uint64 blockNumber;
    uint8 drawDelay;
    uint96 bond;
}

/// @notice The only ways: NONE to OPEN to one of the others.
enum DisputeStatus {
    NONE,
    OPEN,
    GUILTY,
    CLEARED,
    DRAWN
}

/// @notice A dispute about one ticket; its id is the ticket's digest. `proven` says that a conflict or a fraud was proven about
/// the ticket without a committee: before any dispute (then all else is zero) or, a conflict only, beside an open one.
/// `jurorFee`, `rewardPpm` and `slashPpm` are those of the opening.
struct Dispute {
    address reporter;
    uint64 revealEnds;
    DisputeStatus status;
    uint8 reveals;
    bool answered;
    bool proven;
    address provider;
    uint64 commitEnds;
    uint32 tolerance;
    uint96 bond;
    uint96 jurorFee;
    uint32 rewardPpm;
    uint32 slashPpm;
    uint128 slashTokens;
    bytes32 fingerprintHash;
}

/// @notice What one juror did. `juror` is zero for nobody drawn.
struct JurorVote {
    bytes32 commitment;
    bool drawn;
    bool revealed;
    bool available;
}

/// @title Guilt: two receipts for one ticket, or a committee's verdict on one output
/// @notice Accusing is not an entry: nothing here can be paused.
interface IDisputeManager is IParameters {
    /// @notice Two receipts for one ticket were proven. The stake was slashed and unmatured earnings were forfeited.
    event ConflictProven(
        address indexed provider,
        address indexed reporter,
        bytes32 indexed ticket,
        bytes32 receiptA,
        bytes32 receiptB,
        uint256 slashed,
        uint256 forfeited
    );

    event DisputeCommitted(bytes32 indexed commitment, address indexed reporter, uint256 bond, uint256 blockNumber);

    /// @notice A commitment was not opened in time; its bond was burned.
    event DisputeCommitmentExpired(bytes32 indexed commitment, address indexed reporter, uint256 bond);

    event DisputeOpened(
        bytes32 indexed disputeId,
        address indexed provider,
        address indexed reporter,
        bytes32 modelId,
        bytes32 execClass,
        bytes32 receipt,
        bytes32 inputRoot,
        uint256 slashTokens,
        uint256 frozen,
        uint64 commitEnds,
        uint64 revealEnds
    );

    event JurorDrawn(bytes32 indexed disputeId, address indexed juror);
    event FingerprintCommitted(bytes32 indexed disputeId, address indexed juror);
    event FingerprintRevealed(bytes32 indexed disputeId, address indexed juror, bool available, int32[16] fingerprint);

    /// @notice The preimage of the receipt's fingerprint hash was shown.
    event DisputeAnswered(bytes32 indexed disputeId, address indexed by, int32[16] fingerprint);

    /// @notice A dispute ended. `agreeing` counts the jurors that were paid: in a verdict those it rests on, in a draw those whose
    /// fingerprint another juror's confirms.
    event DisputeResolved(
        bytes32 indexed disputeId,
        address indexed provider,
        address indexed reporter,
        DisputeStatus status,
        uint8 reveals,
        uint8 agreeing,
        uint256 slashed,
        uint256 forfeited,
        uint256 bondReturned,
        uint256 bondBurned
    );

    /// @notice A fraud proof was accepted. Slashed and forfeited as in a dispute.
    event FraudProven(
        address indexed provider, address indexed reporter, bytes32 indexed ticket, uint256 slashed, uint256 forfeited
    );

    event PayoutAdded(address indexed account, bytes32 indexed disputeId, uint256 amount);
    event PayoutWithdrawn(address indexed account, uint256 amount);
    event FraudVerifierSet(address indexed verifier);
    event RandomnessSet(address indexed randomness);

    error DisputeTicketMismatch(bytes32 expected, bytes32 given);
    error DisputeSameReceipt(bytes32 receipt);
    error DisputeUnknownSigner(address recovered);
    error DisputeDifferentProviders(address a, address b);
    error DisputeEvidenceTooOld(uint256 expiredAt);
    error DisputeCooldown(address provider, uint256 until);
    error DisputeNothingToSlash(address provider);
    error DisputeTicketUsed(bytes32 ticket);
    error DisputeCommitmentExists(bytes32 commitment);
    error DisputeCommitmentUnknown(bytes32 commitment);
    error DisputeTooEarly(uint256 blockNumber);
    error DisputeTooLate(uint256 blockNumber);
    error DisputeWrongOffer(bytes32 expected, bytes32 given);
    error DisputeClassUnknown(bytes32 modelId, bytes32 execClass);
    error DisputeSelfReport(address provider);
    error DisputeTooFewJurors(uint256 eligible, uint256 needed);
    error DisputeNoSeed(uint256 blockNumber);
    error DisputeNotOpen(bytes32 disputeId, DisputeStatus status);
    error DisputeNotJuror(bytes32 disputeId, address caller);
    error DisputeKeyRetired(address key, uint256 retiredAt);
    error DisputeAlreadyCommitted(bytes32 disputeId, address juror);
    error DisputeAlreadyRevealed(bytes32 disputeId, address juror);
    error DisputeWindowClosed(uint64 closedAt);
    error DisputeWindowNotOpen(uint64 opensAt);
    error DisputeBadReveal(bytes32 disputeId, bytes32 expected, bytes32 computed);
    error DisputeNothingToWithdraw(address account);
    error DisputeNoVerifier();
    error DisputeNotFraud(bytes32 ticket);
    error DisputeThawTooShort(uint256 thawPeriod, uint256 needed);

    /// @notice Slashes a provider for two different receipts for one ticket, both signed by its receipt key or by keys that were
    /// rotated out at most `evidenceAge` ago. With nothing left to slash, forfeits the unmatured earnings.
    function proveConflict(
        Ticket calldata ticket,
        Receipt calldata receiptA,
        bytes calldata signatureA,
        Receipt calldata receiptB,
        bytes calldata signatureB
    ) external returns (uint256 slashed);

    /// @notice Locks the bond and hides what will be disputed: `keccak256(abi.encode(reporter, receiptDigest, salt))`.
    function commitDispute(bytes32 commitment) external;

    /// @notice Opens a committed dispute, draws its committee and freezes the provider's unmatured earnings: until the verdict, for
    /// twice the two windows and one more reveal window at most. Needs something to slash, since that pays the jurors of a
    /// conviction. From `drawDelay` + 1 to 200 blocks after the commitment. One per ticket.
    function openDispute(
        bytes32 modelId,
        Ticket calldata ticket,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes32 salt
    ) external returns (bytes32 disputeId);

    /// @notice Burns the bond of a commitment that was not opened in 200 blocks. Anyone may call it.
    function expireCommitment(address reporter, bytes32 commitment) external;

    /// @notice A juror commits `keccak256(abi.encode(disputeId, juror, available, fingerprint, salt))`. The caller is the juror or
    /// the juror's current receipt key; `juror` is the provider's address either way.
    function commitFingerprint(bytes32 disputeId, bytes32 commitment) external;

    /// @notice A juror reveals, from its own address or its current receipt key. `available` false means it could not get or run the input; the fingerprint is then ignored.
    function revealFingerprint(bytes32 disputeId, bool available, int32[16] calldata fingerprint, bytes32 salt) external;

    /// @notice Shows the fingerprint of the disputed receipt: keccak256 over its 16 int32, four bytes big endian each, and the salt. Anyone
    /// may call it while jurors reveal. A fingerprint nobody shows counts as wrong.
    function answer(bytes32 disputeId, int32[16] calldata fingerprint, bytes16 salt) external;

    /// @notice Ends a dispute after its last window, or as soon as all is revealed. Anyone may call it.
    function resolve(bytes32 disputeId) external returns (DisputeStatus);

    /// @notice Slashes on a proof that the fraud verifier accepts. With nothing left to slash, forfeits the unmatured earnings.
    function proveFraud(
        bytes32 modelId,
        Ticket calldata ticket,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external returns (uint256 slashed);

    /// @notice Pays a reporter or juror what it is owed. Anyone may call it.
    function withdrawPayout(address account) external returns (uint256 amount);

    function setParameters(DisputeParameters calldata parameters) external;
    function setFraudVerifier(address verifier) external;
    function setRandomness(address randomness) external;

    function parameters() external view returns (DisputeParameters memory);
    function fraudVerifier() external view returns (address);
    function randomness() external view returns (address);
    function commitmentOf(address reporter, bytes32 commitment) external view returns (DisputeCommitment memory);
    function dispute(bytes32 disputeId) external view returns (Dispute memory);
    function jurorsOf(bytes32 disputeId) external view returns (address[] memory);
    function voteOf(bytes32 disputeId, address juror) external view returns (JurorVote memory);
    function payoutOf(address account) external view returns (uint256);

    /// @notice The least thaw period that keeps every possible culprit slashable: evidence age, all windows, one margin.
    function requiredThaw() external view returns (uint256);

    function ticketDigest(Ticket calldata ticket) external view returns (bytes32);
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
    function domainSeparator() external view returns (bytes32);
}
