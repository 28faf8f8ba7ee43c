// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IAssayToken} from "../interfaces/IAssayToken.sol";
import {Ballot, ICommittee, Jury} from "../interfaces/ICommittee.sol";
import {
    Dispute,
    DisputeCommitment,
    DisputeParameters,
    DisputeStatus,
    IDisputeManager,
    JurorVote
} from "../interfaces/IDisputeManager.sol";
import {IFraudVerifier} from "../interfaces/IFraudVerifier.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {ISessionEscrow} from "../interfaces/ISessionEscrow.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Digests} from "../libraries/Digests.sol";
import {Receipt, Ticket} from "../libraries/Signed.sol";
import {Verdict} from "./Verdict.sol";

/// @title DisputeManager
/// @notice See {IDisputeManager}, which documents every function.
contract DisputeManager is IDisputeManager {
    using SafeERC20 for IAssayToken;

    /// @dev A block's hash is known for 256 blocks; the rest is time to get the transaction in.
    uint256 private constant OPEN_BLOCKS = 200;
    uint256 private constant MAX_COMMITTEE = 15;
    uint32 private constant MAX_SLASH_PPM = 100_000;
    uint32 private constant MAX_REWARD_PPM = 250_000;
    uint32 private constant MAX_WINDOW = 30 days;

    /// @notice Where everything that this contract needs stands.
    struct Places {
        address governance;
        IAssayToken stakeToken;
        IStaking staking;
        ISessionEscrow escrow;
        IModelRegistry models;
        IProviderRegistry providers;
        ICommittee committee;
        IRandomness randomness;
        uint32 minWindow;
        uint32 thawMargin;
    }

    struct Sentence {
        address provider;
        uint256 tokens;
        uint32 rewardPpm;
        address beneficiary;
        bytes32 evidence;
        bytes32 reason;
    }

    /// @dev How a dispute ended, in tokens.
    struct Outcome {
        uint256 winners;
        uint256 fee;
        uint256 slashed;
        uint256 forfeited;
        uint256 returned;
        uint256 burned;
    }

    address private immutable GOVERNANCE;
    IAssayToken private immutable STAKE_TOKEN;
    IStaking private immutable STAKING;
    ISessionEscrow private immutable ESCROW;
    IModelRegistry private immutable MODELS;
    IProviderRegistry private immutable PROVIDERS;
    ICommittee private immutable COMMITTEE;
    uint32 private immutable MIN_WINDOW;
    uint32 private immutable THAW_MARGIN;

    DisputeParameters private _parameters;

    /// @inheritdoc IDisputeManager
    address public fraudVerifier;

    /// @inheritdoc IDisputeManager
    address public randomness;

    /// @dev When a provider was last slashed for a conflict.
    mapping(address provider => uint64) private _lastConflictAt;

    /// @inheritdoc IDisputeManager
    mapping(address account => uint256) public payoutOf;
    mapping(address reporter => mapping(bytes32 commitment => DisputeCommitment)) private _commitments;
    mapping(bytes32 disputeId => Dispute) private _disputes;
    mapping(bytes32 disputeId => address[]) private _jurors;
    mapping(bytes32 disputeId => mapping(address juror => JurorVote)) private _votes;
    mapping(bytes32 disputeId => mapping(address juror => int32[16])) private _prints;
    mapping(bytes32 disputeId => int32[16]) private _answers;

    constructor(Places memory places, DisputeParameters memory initial) {
        GOVERNANCE = places.governance;
        STAKE_TOKEN = places.stakeToken;
        STAKING = places.staking;
        ESCROW = places.escrow;
        MODELS = places.models;
        PROVIDERS = places.providers;
        COMMITTEE = places.committee;
        MIN_WINDOW = places.minWindow;
        THAW_MARGIN = places.thawMargin;
        randomness = address(places.randomness);
        emit RandomnessSet(randomness);
        _setParameters(initial);
    }

    /// @inheritdoc IDisputeManager
    function proveConflict(
        Ticket calldata ticket,
        Receipt calldata receiptA,
        bytes calldata signatureA,
        Receipt calldata receiptB,
        bytes calldata signatureB
    ) external returns (uint256 slashed) {
        bytes32 id = _checkTicket(ticket, receiptA);
        require(receiptB.ticket == id, DisputeTicketMismatch(id, receiptB.ticket));
        bytes32 digestA = receiptDigest(receiptA);
        bytes32 digestB = receiptDigest(receiptB);
        require(digestA != digestB, DisputeSameReceipt(digestA));
        address provider = _signerOf(digestA, signatureA);
        address other = _signerOf(digestB, signatureB);
        require(provider == other, DisputeDifferentProviders(provider, other));
        require(!_disputes[id].proven, DisputeTicketUsed(id));
        _startCooldown(provider);

        uint256 forfeited;
        (slashed, forfeited) = _punishProven(id, provider, _parameters.conflictSlashPpm, "conflict");
        emit ConflictProven(provider, msg.sender, id, digestA, digestB, slashed, forfeited);
    }

    /// @inheritdoc IDisputeManager
    function commitDispute(bytes32 commitment) external {
        DisputeCommitment storage c = _commitments[msg.sender][commitment];
        require(c.blockNumber == 0, DisputeCommitmentExists(commitment));
        uint96 bond = _parameters.disputeBond;
        c.blockNumber = uint64(block.number);
        c.drawDelay = _parameters.drawDelay;
        c.bond = bond;
        emit DisputeCommitted(commitment, msg.sender, bond, block.number);

        STAKE_TOKEN.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @inheritdoc IDisputeManager
    function openDispute(
        bytes32 modelId,
        Ticket calldata ticket,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes32 salt
    ) external returns (bytes32 disputeId) {
        disputeId = _checkTicket(ticket, receipt);
        Dispute storage d = _onlyUnused(disputeId);
        address provider = _signerOf(receiptDigest(receipt), signature);
        _checkOffer(provider, modelId, ticket);
        require(msg.sender != provider, DisputeSelfReport(provider));
        (bytes32 seed, uint96 bond) = _consumeCommitment(receiptDigest(receipt), salt);

        _fill(d, provider, bond, modelId, receipt);
        _draw(disputeId, modelId, receipt.execClass, provider, seed);
        _freezeAndReport(disputeId, modelId, receipt);
    }

    /// @inheritdoc IDisputeManager
    function expireCommitment(address reporter, bytes32 commitment) external {
        DisputeCommitment memory c = _commitments[reporter][commitment];
        require(c.blockNumber != 0, DisputeCommitmentUnknown(commitment));
        require(block.number > c.blockNumber + OPEN_BLOCKS, DisputeTooEarly(c.blockNumber + OPEN_BLOCKS + 1));

        delete _commitments[reporter][commitment];
        emit DisputeCommitmentExpired(commitment, reporter, c.bond);

        STAKE_TOKEN.burn(c.bond);
    }

    /// @inheritdoc IDisputeManager
    function commitFingerprint(bytes32 disputeId, bytes32 commitment) external {
        Dispute storage d = _onlyOpen(disputeId);
        (address juror, JurorVote storage vote) = _seatOf(disputeId);
        require(vote.commitment == 0, DisputeAlreadyCommitted(disputeId, juror));
        require(block.timestamp < d.commitEnds, DisputeWindowClosed(d.commitEnds));

        vote.commitment = commitment;
        emit FingerprintCommitted(disputeId, juror);
    }

    /// @inheritdoc IDisputeManager
    function revealFingerprint(bytes32 disputeId, bool available, int32[16] calldata fingerprint, bytes32 salt)
        external
    {
        Dispute storage d = _onlyRevealing(disputeId);
        (address juror, JurorVote storage vote) = _seatOf(disputeId);
        require(!vote.revealed, DisputeAlreadyRevealed(disputeId, juror));
        bytes32 computed = keccak256(abi.encode(disputeId, juror, available, fingerprint, salt));
        require(computed == vote.commitment, DisputeBadReveal(disputeId, vote.commitment, computed));

        vote.revealed = true;
        vote.available = available;
        d.reveals += 1;
        if (available) _prints[disputeId][juror] = fingerprint;
        emit FingerprintRevealed(disputeId, juror, available, fingerprint);
    }

    /// @inheritdoc IDisputeManager
    function answer(bytes32 disputeId, int32[16] calldata fingerprint, bytes16 salt) external {
        Dispute storage d = _onlyRevealing(disputeId);
        bytes32 computed = Verdict.hash(fingerprint, salt);
        require(computed == d.fingerprintHash, DisputeBadReveal(disputeId, d.fingerprintHash, computed));
        require(!d.answered, DisputeAlreadyRevealed(disputeId, d.provider));

        d.answered = true;
        _answers[disputeId] = fingerprint;
        emit DisputeAnswered(disputeId, msg.sender, fingerprint);
    }

    /// @inheritdoc IDisputeManager
    function resolve(bytes32 disputeId) external returns (DisputeStatus status) {
        Dispute storage d = _onlyOpen(disputeId);
        bool complete = d.answered && d.reveals == _jurors[disputeId].length;
        require(complete || block.timestamp >= d.revealEnds, DisputeWindowNotOpen(d.revealEnds));

        Ballot[] memory ballots = _ballots(disputeId);
        Outcome memory outcome;
        bool[] memory wins;
        (status, wins, outcome.winners) = COMMITTEE.judge(ballots, d.answered, _answers[disputeId], d.tolerance);
        d.status = status;
        if (status == DisputeStatus.GUILTY) _convict(disputeId, d, outcome);
        else _acquit(disputeId, d, outcome);
        for (uint256 i = 0; i < wins.length; i++) {
            if (wins[i]) _addPayout(ballots[i].juror, disputeId, outcome.fee);
        }
        _reportResolved(disputeId, d, outcome);

        ESCROW.releaseEarnings(disputeId);
        if (outcome.burned != 0) STAKE_TOKEN.burn(outcome.burned);
    }

    /// @inheritdoc IDisputeManager
    function proveFraud(
        bytes32 modelId,
        Ticket calldata ticket,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external returns (uint256 slashed) {
        require(fraudVerifier != address(0), DisputeNoVerifier());
        bytes32 id = _checkTicket(ticket, receipt);
        address provider = _signerOf(receiptDigest(receipt), signature);
        _checkOffer(provider, modelId, ticket);
        _onlyUnused(id);
        bool fraud = IFraudVerifier(fraudVerifier).provesFraud(modelId, ticket, receipt, proof);
        require(fraud, DisputeNotFraud(id));

        uint256 forfeited;
        (slashed, forfeited) = _punishProven(id, provider, _parameters.wrongOutputSlashPpm, "fraud-proof");
        emit FraudProven(provider, msg.sender, id, slashed, forfeited);
    }

    /// @inheritdoc IDisputeManager
    function withdrawPayout(address account) external returns (uint256 amount) {
        amount = payoutOf[account];
        require(amount != 0, DisputeNothingToWithdraw(account));
        payoutOf[account] = 0;
        emit PayoutWithdrawn(account, amount);

        STAKE_TOKEN.safeTransfer(account, amount);
    }

    /// @inheritdoc IDisputeManager
    function setParameters(DisputeParameters calldata next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        _setParameters(next);
        uint256 thawPeriod = STAKING.parameters().thawPeriod;
        require(thawPeriod >= requiredThaw(), DisputeThawTooShort(thawPeriod, requiredThaw()));
    }

    /// @inheritdoc IDisputeManager
    function setFraudVerifier(address verifier) external {
        Bounds.onlyGovernance(GOVERNANCE);
        fraudVerifier = verifier;
        emit FraudVerifierSet(verifier);
    }

    /// @inheritdoc IDisputeManager
    function setRandomness(address next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        randomness = next;
        emit RandomnessSet(next);
    }

    /// @inheritdoc IDisputeManager
    function parameters() external view returns (DisputeParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IDisputeManager
    function commitmentOf(address reporter, bytes32 commitment) external view returns (DisputeCommitment memory) {
        return _commitments[reporter][commitment];
    }

    /// @inheritdoc IDisputeManager
    function dispute(bytes32 disputeId) external view returns (Dispute memory) {
        return _disputes[disputeId];
    }

    /// @inheritdoc IDisputeManager
    function jurorsOf(bytes32 disputeId) external view returns (address[] memory) {
        return _jurors[disputeId];
    }

    /// @inheritdoc IDisputeManager
    function voteOf(bytes32 disputeId, address juror) external view returns (JurorVote memory) {
        return _votes[disputeId][juror];
    }

    /// @inheritdoc IDisputeManager
    function requiredThaw() public view returns (uint256) {
        DisputeParameters memory p = _parameters;
        return uint256(p.evidenceAge) + p.commitWindow + p.revealWindow + THAW_MARGIN;
    }

    /// @inheritdoc IDisputeManager
    function ticketDigest(Ticket calldata ticket) public view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator(), Digests.ticket(ticket));
    }

    /// @inheritdoc IDisputeManager
    function receiptDigest(Receipt calldata receipt) public view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator(), Digests.receipt(receipt));
    }

    /// @inheritdoc IDisputeManager
    function domainSeparator() public view returns (bytes32) {
        return Digests.domain(address(ESCROW));
    }

    function _consumeCommitment(bytes32 digest, bytes32 salt) private returns (bytes32 seed, uint96 bond) {
        bytes32 commitment = keccak256(abi.encode(msg.sender, digest, salt));
        DisputeCommitment memory c = _commitments[msg.sender][commitment];
        require(c.blockNumber != 0, DisputeCommitmentUnknown(commitment));
        uint256 drawBlock = uint256(c.blockNumber) + c.drawDelay;
        require(block.number > drawBlock, DisputeTooEarly(drawBlock + 1));
        require(block.number <= c.blockNumber + OPEN_BLOCKS, DisputeTooLate(c.blockNumber + OPEN_BLOCKS));
        bytes32 random = IRandomness(randomness).seedOf(drawBlock);
        require(random != 0, DisputeNoSeed(drawBlock));
        delete _commitments[msg.sender][commitment];
        return (keccak256(abi.encode(random, salt)), c.bond);
    }

    function _fill(Dispute storage d, address provider, uint96 bond, bytes32 modelId, Receipt calldata receipt)
        private
    {
        (uint32 scale, uint32 tolerance) = MODELS.classOf(modelId, receipt.execClass);
        require(scale != 0, DisputeClassUnknown(modelId, receipt.execClass));
        DisputeParameters memory p = _parameters;
        d.provider = provider;
        d.reporter = msg.sender;
        d.status = DisputeStatus.OPEN;
        d.tolerance = tolerance;
        d.commitEnds = uint64(block.timestamp) + p.commitWindow;
        d.revealEnds = d.commitEnds + p.revealWindow;
        d.bond = bond;
        // The bond dates from the commitment: where parameters changed since, it bounds the fees.
        d.jurorFee = uint96(Bounds.min(p.jurorFee, bond / p.committeeSize));
        d.rewardPpm = p.rewardPpm;
        d.slashPpm = p.wrongOutputSlashPpm;
        d.slashTokens = uint128(_slashTokens(provider, p.wrongOutputSlashPpm));
        require(d.slashTokens != 0, DisputeNothingToSlash(provider));
        d.fingerprintHash = receipt.fingerprintHash;
    }

    /// @dev The freeze lasts as long as this dispute and another that opens at its end, and leaves one more reveal window to call
    /// `resolve`. Then it ends by itself.
    function _freezeAndReport(bytes32 disputeId, bytes32 modelId, Receipt calldata receipt) private {
        Dispute memory d = _disputes[disputeId];
        uint64 until = 2 * d.revealEnds + (d.revealEnds - d.commitEnds) - uint64(block.timestamp);
        uint256 frozen = ESCROW.freezeEarnings(d.provider, disputeId, until);
        emit DisputeOpened(
            disputeId,
            d.provider,
            d.reporter,
            modelId,
            receipt.execClass,
            receiptDigest(receipt),
            receipt.inputRoot,
            d.slashTokens,
            frozen,
            d.commitEnds,
            d.revealEnds
        );
    }

    function _draw(bytes32 disputeId, bytes32 modelId, bytes32 execClass, address provider, bytes32 seed) private {
        Jury memory jury = Jury(modelId, execClass, provider, msg.sender);
        address[] memory jurors = COMMITTEE.draw(jury, seed, _parameters.committeeSize);
        _jurors[disputeId] = jurors;
        for (uint256 i = 0; i < jurors.length; i++) {
            _votes[disputeId][jurors[i]].drawn = true;
            emit JurorDrawn(disputeId, jurors[i]);
        }
    }

    /// @dev The slash first pays the jurors that agreed, then the reporter, who also gets the bond back. Neither stake that came
    /// after the opening is judged, nor more than one slash's part of what is left after other ones.
    function _convict(bytes32 disputeId, Dispute storage d, Outcome memory outcome) private {
        uint256 tokens = Bounds.min(d.slashTokens, _slashTokens(d.provider, d.slashPpm));
        uint256 reward;
        (outcome.slashed, outcome.forfeited, reward) =
            _punish(Sentence(d.provider, tokens, d.rewardPpm, address(this), disputeId, "wrong-output"));
        outcome.fee = Bounds.min(d.jurorFee, reward / outcome.winners);
        outcome.returned = d.bond;
        _addPayout(d.reporter, disputeId, d.bond + reward - outcome.fee * outcome.winners);
    }

    /// @dev The bond first pays the jurors that won. Of the rest a cleared provider gets half and half is burned; after a draw
    /// the fees that no juror earned are burned and the rest goes back to the reporter.
    function _acquit(bytes32 disputeId, Dispute storage d, Outcome memory outcome) private {
        outcome.fee = d.jurorFee;
        uint256 rest = d.bond - outcome.fee * outcome.winners;
        bool cleared = d.status == DisputeStatus.CLEARED;
        outcome.burned = cleared ? rest / 2 : outcome.fee * (_jurors[disputeId].length - outcome.winners);
        rest -= outcome.burned;
        if (!cleared) outcome.returned = rest;
        _addPayout(cleared ? d.provider : d.reporter, disputeId, rest);
    }

    function _reportResolved(bytes32 disputeId, Dispute storage d, Outcome memory outcome) private {
        emit DisputeResolved(
            disputeId,
            d.provider,
            d.reporter,
            d.status,
            d.reveals,
            uint8(outcome.winners),
            outcome.slashed,
            outcome.forfeited,
            outcome.returned,
            outcome.burned
        );
    }

    function _addPayout(address account, bytes32 disputeId, uint256 amount) private {
        if (amount == 0) return;
        payoutOf[account] += amount;
        emit PayoutAdded(account, disputeId, amount);
    }

    /// @dev Where no stake is left the unmatured earnings are forfeited all the same.
    function _punishProven(bytes32 id, address provider, uint256 slashPpm, bytes32 reason)
        private
        returns (uint256 slashed, uint256 forfeited)
    {
        _disputes[id].proven = true;
        uint256 tokens = _slashTokens(provider, slashPpm);
        (slashed, forfeited,) = _punish(Sentence(provider, tokens, _parameters.rewardPpm, msg.sender, id, reason));
    }

    /// @dev A manager that was replaced while a dispute ran punishes nobody, but still ends the dispute.
    function _punish(Sentence memory sentence) private returns (uint256 slashed, uint256 forfeited, uint256 reward) {
        if (STAKING.slasher() != address(this)) return (0, 0, 0);
        uint256 delegated;
        (slashed, delegated, reward) = STAKING.slash(
            sentence.provider,
            sentence.tokens,
            sentence.rewardPpm,
            sentence.beneficiary,
            sentence.evidence,
            sentence.reason
        );
        slashed += delegated;
        forfeited = ESCROW.forfeitEarnings(sentence.provider, sentence.evidence);
    }

    function _startCooldown(address provider) private {
        uint256 last = _lastConflictAt[provider];
        uint256 until = last + _parameters.conflictCooldown;
        require(last == 0 || block.timestamp >= until, DisputeCooldown(provider, until));
        _lastConflictAt[provider] = uint64(block.timestamp);
    }

    function _setParameters(DisputeParameters memory next) private {
        Bounds.report("evidenceAge", next.evidenceAge, MIN_WINDOW, MAX_WINDOW);
        Bounds.report("commitWindow", next.commitWindow, MIN_WINDOW, MAX_WINDOW);
        Bounds.report("revealWindow", next.revealWindow, MIN_WINDOW, MAX_WINDOW);
        Bounds.report("conflictCooldown", next.conflictCooldown, MIN_WINDOW, MAX_WINDOW);
        Bounds.report("conflictSlashPpm", next.conflictSlashPpm, 1, MAX_SLASH_PPM);
        Bounds.report("wrongOutputSlashPpm", next.wrongOutputSlashPpm, 1, MAX_SLASH_PPM);
        Bounds.report("rewardPpm", next.rewardPpm, 0, MAX_REWARD_PPM);
        Bounds.report("drawDelay", next.drawDelay, 1, OPEN_BLOCKS / 2);
        Bounds.report("committeeSize", next.committeeSize, 2, MAX_COMMITTEE);
        Bounds.report("disputeBond", next.disputeBond, uint256(next.committeeSize) * next.jurorFee, 1e24);
        Bounds.report("jurorFee", next.jurorFee, 0, 1e24);
        _parameters = next;
    }

    function _ballots(bytes32 disputeId) private view returns (Ballot[] memory ballots) {
        address[] memory jurors = _jurors[disputeId];
        ballots = new Ballot[](jurors.length);
        for (uint256 i = 0; i < jurors.length; i++) {
            JurorVote memory vote = _votes[disputeId][jurors[i]];
            ballots[i].juror = jurors[i];
            ballots[i].revealed = vote.revealed;
            ballots[i].available = vote.available;
            if (vote.available) ballots[i].fingerprint = _prints[disputeId][jurors[i]];
        }
    }

    function _checkTicket(Ticket calldata ticket, Receipt calldata receipt) private view returns (bytes32 id) {
        id = ticketDigest(ticket);
        require(receipt.ticket == id, DisputeTicketMismatch(id, receipt.ticket));
        _checkAge(ticket.deadline);
    }

    function _checkAge(uint256 since) private view {
        uint256 expiry = since + _parameters.evidenceAge;
        require(block.timestamp <= expiry, DisputeEvidenceTooOld(expiry));
    }

    function _checkOffer(address provider, bytes32 modelId, Ticket calldata ticket) private view {
        bytes32 offerId = PROVIDERS.offerIdOf(provider, modelId);
        require(ticket.offerId == offerId, DisputeWrongOffer(offerId, ticket.offerId));
    }

    /// @dev Receipts count after rotation and retirement, but a key that was rotated out signs no evidence for ever: it may be
    /// stolen, and whoever has it could invent one ticket after another.
    function _signerOf(bytes32 digest, bytes calldata signature) private view returns (address provider) {
        (address key,,) = ECDSA.tryRecoverCalldata(digest, signature);
        uint256 retiredAt;
        (provider, retiredAt) = PROVIDERS.keyRecordOf(key);
        require(provider != address(0), DisputeUnknownSigner(key));
        if (retiredAt != 0) _checkAge(retiredAt);
    }

    function _slashTokens(address provider, uint256 ppm) private view returns (uint256) {
        return Bounds.ppmRoundedDown(STAKING.slashable(provider), ppm);
    }

    /// @dev A juror acts itself or through its current receipt key, which is at hand where jobs are run. Who was drawn under its
    /// own address never acts for another.
    function _seatOf(bytes32 disputeId) private view returns (address juror, JurorVote storage vote) {
        juror = msg.sender;
        vote = _votes[disputeId][juror];
        if (vote.drawn) return (juror, vote);
        uint256 retiredAt;
        (juror, retiredAt) = PROVIDERS.keyRecordOf(msg.sender);
        vote = _votes[disputeId][juror];
        require(vote.drawn, DisputeNotJuror(disputeId, msg.sender));
        require(retiredAt == 0, DisputeKeyRetired(msg.sender, retiredAt));
    }

    function _onlyUnused(bytes32 id) private view returns (Dispute storage d) {
        d = _disputes[id];
        require(d.status == DisputeStatus.NONE && !d.proven, DisputeTicketUsed(id));
    }

    function _onlyOpen(bytes32 disputeId) private view returns (Dispute storage d) {
        d = _disputes[disputeId];
        require(d.status == DisputeStatus.OPEN, DisputeNotOpen(disputeId, d.status));
    }

    function _onlyRevealing(bytes32 disputeId) private view returns (Dispute storage d) {
        d = _onlyOpen(disputeId);
        require(block.timestamp >= d.commitEnds, DisputeWindowNotOpen(d.commitEnds));
        require(block.timestamp < d.revealEnds, DisputeWindowClosed(d.revealEnds));
    }
}
