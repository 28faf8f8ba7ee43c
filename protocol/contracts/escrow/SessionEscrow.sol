// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IERC3009} from "../interfaces/IERC3009.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IEntry} from "../interfaces/IEntry.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {
    Bond,
    EscrowParameters,
    ISessionEscrow,
    Maturing,
    Redemption,
    Session,
    SessionState,
    SkipReason
} from "../interfaces/ISessionEscrow.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Digests} from "../libraries/Digests.sol";
import {Grant} from "../libraries/Signed.sol";
import {MaturingEarnings} from "./MaturingEarnings.sol";

/// @title SessionEscrow
/// @notice See {ISessionEscrow}, which documents every function.
/// @dev Longer than other files: what holds the money is one contract. The whole balance fits in 96 bits, checked whenever tokens come in. Every amount owed is a part of it, so sums of
/// owed amounts cannot overflow 96 bits either.
contract SessionEscrow is ISessionEscrow {
    using SafeERC20 for IERC20;
    using MaturingEarnings for Maturing;

    uint256 public constant MAX_BATCH = 100;
    uint32 public constant MAX_GATEWAY_FEE_PPM = 50_000;
    uint32 public constant MAX_PROTOCOL_FEE_PPM = 50_000;
    uint32 public constant MAX_WITHDRAW_DELAY = 30 days;
    uint64 public constant MAX_SESSION_LIFE = 366 days;
    uint32 public constant MAX_WINDOW = 90 days;

    /// @dev What one provider is owed. `matured` is still to be shared with delegators, `payout` is not; `held` was due during
    /// the freeze that ends at `frozenUntil` (zero: none) and matures when it ends. A claim reads the last two slots only when
    /// something falls due, so freezes cost it nothing.
    struct Earnings {
        Maturing fromSessions;
        Maturing fromBonds;
        uint96 matured;
        uint96 payout;
        bool hasBondCredits;
        uint40 frozenUntil;
        uint96 held;
        uint32 freezes;
    }

    /// @dev What the entries of a batch have in common. Fees of neighbours with one gateway or one model are written once.
    struct Settlement {
        bytes32 domain;
        Settings settings;
        uint256 protocolFees;
        address gateway;
        uint256 gatewayFees;
        bytes32 modelId;
        address publisher;
        uint32 royaltyPpm;
        uint256 royalties;
    }

    /// @dev How one claimed amount is paid and shared.
    struct Payment {
        uint256 cumulative;
        uint256 fromSession;
        uint256 fromBond;
        uint256 protocolFee;
        uint256 gatewayFee;
        uint256 royalty;
        uint256 forProvider;
        uint256 balance;
        bytes32 sessionId;
        bytes32 offerId;
        address provider;
        bytes32 modelId;
        bytes32 receipts;
    }

    /// @dev One slot, so that `open` reads the pause and its limits at once.
    struct Settings {
        uint32 protocolFeePpm;
        uint64 minDeposit;
        uint32 minWithdrawDelay;
        uint32 earningsWindow;
        uint32 bondThaw;
        uint64 pausedUntil;
    }

    /// @dev One dispute's part in the freeze that ends at `until`, and who may end that part.
    struct Freeze {
        address provider;
        uint40 until;
        address by;
    }

    address private immutable GOVERNANCE;
    IERC20 private immutable TOKEN;
    IStaking private immutable STAKING;
    IModelRegistry private immutable MODELS;
    IProviderRegistry private immutable PROVIDERS;
    uint32 private immutable MIN_WINDOW;
    uint256 private immutable DOMAIN_CHAIN;
    bytes32 private immutable DOMAIN;

    Settings private _settings;

    /// @inheritdoc ISessionEscrow
    address public treasury;

    /// @inheritdoc ISessionEscrow
    mapping(bytes32 sessionId => mapping(bytes32 offerId => uint256)) public claimed;

    /// @inheritdoc ISessionEscrow
    mapping(address account => uint256) public fees;
    mapping(bytes32 sessionId => Session) private _sessions;
    mapping(address provider => Earnings) private _earnings;
    mapping(bytes32 disputeId => Freeze) private _freezes;
    mapping(address gateway => Bond) private _bonds;

    /// @param minWindow The floor under every window this deployment will ever have.
    constructor(
        address governance,
        IERC20 token,
        IStaking staking,
        IModelRegistry models,
        IProviderRegistry providers,
        address firstTreasury,
        uint32 minWindow,
        EscrowParameters memory initial
    ) {
        GOVERNANCE = governance;
        TOKEN = token;
        STAKING = staking;
        MODELS = models;
        PROVIDERS = providers;
        MIN_WINDOW = minWindow;
        DOMAIN_CHAIN = block.chainid;
        DOMAIN = Digests.domain(address(this));
        _setTreasury(firstTreasury);
        _setParameters(initial);
        token.forceApprove(address(staking), type(uint256).max);
    }

    /// @inheritdoc ISessionEscrow
    function open(
        Grant calldata grant,
        uint256 deposit,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata authorization
    ) external returns (bytes32 sessionId) {
        sessionId = _open(grant, deposit);
        _receive(grant.payer, deposit, validAfter, validBefore, sessionId, authorization);
    }

    /// @inheritdoc ISessionEscrow
    function openWithApproval(Grant calldata grant, uint256 deposit) external returns (bytes32 sessionId) {
        require(msg.sender == grant.payer, EscrowNotPayer(msg.sender, grant.payer));
        sessionId = _open(grant, deposit);
        _pull(deposit);
    }

    /// @inheritdoc ISessionEscrow
    function topUp(
        bytes32 sessionId,
        address from,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata authorization
    ) external {
        _topUp(sessionId, from, amount);
        bytes32 nonce = topUpDigest(sessionId, salt);
        _receive(from, amount, validAfter, validBefore, nonce, authorization);
    }

    /// @inheritdoc ISessionEscrow
    function topUpWithApproval(bytes32 sessionId, uint256 amount) external {
        _topUp(sessionId, msg.sender, amount);
        _pull(amount);
    }

    /// @inheritdoc ISessionEscrow
    function claim(Redemption[] calldata batch) external {
        require(batch.length != 0, EscrowBatchEmpty());
        require(batch.length <= MAX_BATCH, EscrowBatchTooLarge(batch.length, MAX_BATCH));
        Settlement memory settlement;
        settlement.domain = domainSeparator();
        settlement.settings = _settings;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < batch.length; i++) {
            Redemption calldata entry = batch[i];
            bytes32 offerId = keccak256(abi.encode(entry.provider, entry.modelId));
            (bool paid, SkipReason reason) = _redeem(entry, offerId, settlement);
            if (!paid) emit ClaimSkipped(entry.sessionId, offerId, i, entry.cumulative, reason);
            // Nothing of an entry outlives it: reusing its memory saves 400 gas an entry at 25, 1,000 at 100.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
        _credit(treasury, settlement.protocolFees);
        _credit(settlement.gateway, settlement.gatewayFees);
        _credit(settlement.publisher, settlement.royalties);
    }

    /// @inheritdoc ISessionEscrow
    function close(Grant calldata grant) external {
        _close(grantDigest(grant), grant, msg.sender);
    }

    /// @inheritdoc ISessionEscrow
    function closeBySig(Grant calldata grant, bytes calldata signature) external {
        bytes32 sessionId = grantDigest(grant);
        (address signer,,) = ECDSA.tryRecoverCalldata(closeDigest(sessionId), signature);
        _close(sessionId, grant, signer);
    }

    /// @inheritdoc ISessionEscrow
    function withdraw(Grant calldata grant) external returns (uint256 amount) {
        bytes32 sessionId = grantDigest(grant);
        Session storage s = _sessions[sessionId];
        SessionState state = s.state;
        require(state == SessionState.OPEN || state == SessionState.CLOSING, EscrowSessionNotOpen(sessionId, state));
        uint64 due = uint64(Bounds.min(grant.expiresAt, type(uint40).max)) + grant.withdrawDelay;
        if (state == SessionState.CLOSING) due = uint64(Bounds.min(due, s.withdrawableAt));
        require(block.timestamp >= due, EscrowTooEarly(due));

        amount = s.balance;
        s.balance = 0;
        s.state = SessionState.WITHDRAWN;
        emit SessionWithdrawn(sessionId, grant.payer, uint128(amount));

        if (amount != 0) TOKEN.safeTransfer(grant.payer, amount);
    }

    /// @inheritdoc ISessionEscrow
    function withdrawEarnings(address provider) external returns (uint256 amount) {
        (uint256 gross, uint256 toDelegators) = _mature(provider);
        Earnings storage earnings = _earnings[provider];
        amount = gross - toDelegators + earnings.payout;
        require(amount + toDelegators != 0, EscrowNothingToWithdraw(provider));
        if (earnings.payout != 0) earnings.payout = 0;
        address payout = PROVIDERS.payoutOf(provider);
        emit EarningsWithdrawn(provider, payout, uint128(amount), uint128(toDelegators));

        if (toDelegators != 0) STAKING.addRewards(provider, toDelegators);
        if (amount != 0) TOKEN.safeTransfer(payout, amount);
    }

    /// @inheritdoc ISessionEscrow
    function shareEarnings(address provider) external returns (uint256 toDelegators) {
        uint256 gross;
        (gross, toDelegators) = _mature(provider);
        require(gross != 0, EscrowNothingToWithdraw(provider));
        _earnings[provider].payout += uint96(gross - toDelegators);
        emit EarningsShared(provider, uint128(gross - toDelegators), uint128(toDelegators));

        if (toDelegators != 0) STAKING.addRewards(provider, toDelegators);
    }

    /// @inheritdoc ISessionEscrow
    function withdrawFees(address account) external returns (uint256 amount) {
        amount = fees[account];
        require(amount != 0, EscrowNothingToWithdraw(account));
        fees[account] = 0;
        emit FeesWithdrawn(account, uint128(amount));

        TOKEN.safeTransfer(account, amount);
    }

    /// @inheritdoc ISessionEscrow
    function bond(address gateway, uint256 amount) external {
        require(gateway != address(0), EscrowZeroAddress());
        Bond storage b = _bonds[gateway];
        b.tokens = _added(b.tokens, amount);
        emit BondAdded(gateway, msg.sender, uint128(amount), b.tokens);

        _pull(amount);
    }

    /// @inheritdoc ISessionEscrow
    function thawBond(uint256 amount) external {
        Bond storage b = _bonds[msg.sender];
        uint256 free = b.tokens - b.thawing;
        require(amount != 0, EscrowZeroAmount());
        require(amount <= free, EscrowBondTooSmall(amount, free));

        b.thawing += uint96(amount);
        b.withdrawableAt = uint40(block.timestamp + _settings.bondThaw);
        emit BondThawing(msg.sender, uint128(amount), b.thawing, b.withdrawableAt);
    }

    /// @inheritdoc ISessionEscrow
    function withdrawBond(address gateway) external returns (uint256 amount) {
        Bond storage b = _bonds[gateway];
        amount = b.thawing;
        require(amount != 0, EscrowNothingToWithdraw(gateway));
        require(block.timestamp >= b.withdrawableAt, EscrowTooEarly(b.withdrawableAt));

        b.tokens -= uint96(amount);
        b.thawing = 0;
        emit BondWithdrawn(gateway, uint128(amount), b.tokens);

        TOKEN.safeTransfer(gateway, amount);
    }

    /// @inheritdoc ISessionEscrow
    function freezeEarnings(address provider, bytes32 disputeId, uint64 until) external returns (uint256 unmatured) {
        _onlyDisputeManager();
        require(_freezes[disputeId].provider == address(0), EscrowAlreadyFrozen(disputeId));
        uint64 least = uint64(block.timestamp) + 1;
        bool fits = until >= least && until <= type(uint40).max;
        require(fits, EscrowFreezeOutOfBounds(until, least, type(uint40).max));
        Earnings storage earnings = _earnings[provider];
        _keepMatured(provider, earnings);

        if (earnings.frozenUntil == 0) earnings.frozenUntil = uint40(until);
        earnings.freezes += 1;
        _freezes[disputeId] = Freeze(provider, earnings.frozenUntil, msg.sender);
        unmatured = _unmatured(earnings);
        emit EarningsFrozen(provider, disputeId, uint128(unmatured), earnings.frozenUntil);
    }

    /// @inheritdoc ISessionEscrow
    function releaseEarnings(bytes32 disputeId) external returns (uint256 matured) {
        Freeze memory freeze = _freezes[disputeId];
        if (freeze.provider == address(0)) return 0;
        require(msg.sender == freeze.by, EscrowNotDisputeManager(msg.sender));
        delete _freezes[disputeId];
        Earnings storage earnings = _earnings[freeze.provider];
        // If it is over, another may have begun since, which is not this dispute's to end.
        if (earnings.frozenUntil == freeze.until) {
            earnings.freezes -= 1;
            if (earnings.freezes == 0) earnings.frozenUntil = uint40(block.timestamp);
        }
        matured = _keepMatured(freeze.provider, earnings);
        emit EarningsReleased(freeze.provider, disputeId, uint128(_unmatured(earnings)), earnings.frozenUntil);
    }

    /// @inheritdoc ISessionEscrow
    function forfeitEarnings(address provider, bytes32 disputeId) external returns (uint256 amount) {
        _onlyDisputeManager();
        Earnings storage earnings = _earnings[provider];
        _keepMatured(provider, earnings);
        amount = _unmatured(earnings);
        if (amount != 0) _clear(earnings);
        _credit(treasury, amount);
        emit EarningsForfeited(provider, disputeId, uint128(amount));
    }

    /// @inheritdoc ISessionEscrow
    function setParameters(EscrowParameters calldata next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        _setParameters(next);
    }

    /// @inheritdoc ISessionEscrow
    function setTreasury(address next) external {
        Bounds.onlyGovernance(GOVERNANCE);
        _setTreasury(next);
    }

    /// @inheritdoc IEntry
    function pauseEntry(uint64 until) external {
        Bounds.pause(GOVERNANCE, until);
        _settings.pausedUntil = until;
    }

    /// @inheritdoc IEntry
    function pausedUntil() external view returns (uint64) {
        return _settings.pausedUntil;
    }

    /// @inheritdoc ISessionEscrow
    function parameters() external view returns (EscrowParameters memory) {
        Settings memory now_ = _settings;
        return EscrowParameters(
            now_.protocolFeePpm, now_.minDeposit, now_.minWithdrawDelay, now_.earningsWindow, now_.bondThaw
        );
    }

    /// @inheritdoc ISessionEscrow
    function session(bytes32 sessionId) external view returns (Session memory) {
        return _sessions[sessionId];
    }

    /// @inheritdoc ISessionEscrow
    function earningsOf(address provider) external view returns (uint256 unmatured, uint256 matured) {
        Earnings storage earnings = _earnings[provider];
        Settings memory settings = _settings;
        (Maturing memory a, uint256 dueA) = earnings.fromSessions.advanced(settings.earningsWindow);
        (Maturing memory b, uint256 dueB) = earnings.fromBonds.advanced(_bondWindow(settings));
        unmatured = uint256(a.current) + a.previous + b.current + b.previous;
        matured = uint256(earnings.matured) + earnings.payout;
        uint256 due = dueA + dueB + earnings.held;
        if (block.timestamp < earnings.frozenUntil) unmatured += due;
        else matured += due;
    }

    /// @inheritdoc ISessionEscrow
    function frozenUntil(address provider) external view returns (uint64) {
        uint64 until = _earnings[provider].frozenUntil;
        return block.timestamp < until ? until : 0;
    }

    /// @inheritdoc ISessionEscrow
    function frozenBy(bytes32 disputeId) external view returns (address provider, uint64 until) {
        Freeze memory freeze = _freezes[disputeId];
        return (freeze.provider, freeze.until);
    }

    /// @inheritdoc ISessionEscrow
    function bondOf(address gateway) external view returns (Bond memory) {
        return _bonds[gateway];
    }

    /// @inheritdoc ISessionEscrow
    function grantDigest(Grant calldata grant) public view returns (bytes32) {
        return _typed(Digests.grant(grant));
    }

    /// @inheritdoc ISessionEscrow
    function topUpDigest(bytes32 sessionId, bytes32 salt) public view returns (bytes32) {
        return _typed(Digests.topUp(sessionId, salt));
    }

    /// @inheritdoc ISessionEscrow
    function closeDigest(bytes32 sessionId) public view returns (bytes32) {
        return _typed(Digests.close(sessionId));
    }

    /// @inheritdoc ISessionEscrow
    function voucherDigest(bytes32 sessionId, bytes32 offerId, uint128 cumulative) external view returns (bytes32) {
        return _typed(Digests.voucher(sessionId, offerId, cumulative));
    }

    /// @inheritdoc ISessionEscrow
    function guaranteeDigest(bytes32 sessionId, bytes32 offerId, uint128 cumulative, bytes32 receipts)
        external
        view
        returns (bytes32)
    {
        return _typed(Digests.guarantee(sessionId, offerId, cumulative, receipts));
    }

    /// @inheritdoc ISessionEscrow
    function domainSeparator() public view returns (bytes32) {
        return block.chainid == DOMAIN_CHAIN ? DOMAIN : Digests.domain(address(this));
    }

    function _open(Grant calldata grant, uint256 deposit) private returns (bytes32 sessionId) {
        Settings memory settings = _settings;
        Bounds.entryOpen(settings.pausedUntil);
        sessionId = grantDigest(grant);
        require(_sessions[sessionId].state == SessionState.NONE, EscrowSessionExists(sessionId));
        _checkGrant(grant, settings.minWithdrawDelay);
        uint96 amount = _added(0, deposit);
        require(deposit >= settings.minDeposit, EscrowDepositTooSmall(deposit, settings.minDeposit));

        _sessions[sessionId] = Session({
            key: grant.key,
            gatewayFeePpm: uint16(grant.gatewayFeePpm),
            withdrawableAt: 0,
            state: SessionState.OPEN,
            gateway: grant.gateway,
            balance: amount
        });
        emit SessionOpened(
            sessionId,
            grant.payer,
            grant.gateway,
            grant.key,
            grant.gatewayFeePpm,
            amount,
            grant.expiresAt,
            grant.withdrawDelay,
            grant.policy,
            grant.salt
        );
    }

    function _topUp(bytes32 sessionId, address from, uint256 amount) private {
        Bounds.entryOpen(_settings.pausedUntil);
        Session storage s = _sessions[sessionId];
        require(s.state == SessionState.OPEN, EscrowSessionNotOpen(sessionId, s.state));
        s.balance = _added(s.balance, amount);
        emit SessionToppedUp(sessionId, from, uint128(amount), s.balance);
    }

    function _close(bytes32 sessionId, Grant calldata grant, address by) private {
        Session storage s = _sessions[sessionId];
        require(s.state == SessionState.OPEN, EscrowSessionNotOpen(sessionId, s.state));
        require(by == grant.payer || by == grant.key, EscrowNotPayerOrKey(sessionId, by));
        s.state = SessionState.CLOSING;
        s.withdrawableAt = uint40(block.timestamp) + grant.withdrawDelay;
        emit SessionClosing(sessionId, by, s.withdrawableAt, s.balance);
    }

    /// @dev Pays one entry of a batch, or says why not. Never reverts for what a party signed or left out.
    function _redeem(Redemption calldata entry, bytes32 offerId, Settlement memory settlement)
        private
        returns (bool paid, SkipReason reason)
    {
        Session memory s = _sessions[entry.sessionId];
        if (s.state == SessionState.NONE) return (false, SkipReason.UNKNOWN_SESSION);
        if (s.state == SessionState.WITHDRAWN) return (false, SkipReason.SESSION_WITHDRAWN);
        uint256 before = claimed[entry.sessionId][offerId];
        if (entry.cumulative <= before) return (false, SkipReason.ALREADY_CLAIMED);
        if (!_voucherValid(entry, offerId, settlement.domain, s.key)) return (false, SkipReason.BAD_VOUCHER);
        if (!_guaranteeValid(entry, offerId, settlement.domain, s.gateway)) return (false, SkipReason.BAD_GUARANTEE);

        Payment memory payment;
        uint256 owed = entry.cumulative - before;
        payment.fromSession = Bounds.min(owed, s.balance);
        if (owed > payment.fromSession) {
            payment.fromBond = _coverShortfall(entry, s.gateway, owed - payment.fromSession);
        }
        uint256 delta = payment.fromSession + payment.fromBond;
        if (delta == 0) return (false, SkipReason.NOTHING_LEFT);
        payment.cumulative = before + delta;
        claimed[entry.sessionId][offerId] = payment.cumulative;
        payment.balance = s.balance - payment.fromSession;
        if (payment.fromSession != 0) _sessions[entry.sessionId].balance = uint96(payment.balance);
        payment.sessionId = entry.sessionId;
        payment.offerId = offerId;
        if (s.gateway != address(0)) payment.receipts = entry.receipts;
        _share(entry, s, payment, settlement);
        _emitClaimed(payment);
        return (true, reason);
    }

    /// @dev Out of what the session pays: protocol, gateway, publisher; the rest and all rounding to the provider.
    function _share(Redemption calldata entry, Session memory s, Payment memory payment, Settlement memory settlement)
        private
    {
        payment.protocolFee = Bounds.ppmRoundedDown(payment.fromSession, settlement.settings.protocolFeePpm);
        payment.gatewayFee = Bounds.ppmRoundedDown(payment.fromSession, s.gatewayFeePpm);
        payment.royalty = _addRoyalty(entry.modelId, payment.fromSession, settlement);
        settlement.protocolFees += payment.protocolFee;
        _addGatewayFee(s.gateway, payment.gatewayFee, settlement);
        uint256 rest = payment.fromSession - payment.protocolFee - payment.gatewayFee - payment.royalty;
        payment.forProvider = rest + payment.fromBond;
        payment.provider = entry.provider;
        payment.modelId = entry.modelId;
        _creditProvider(entry.provider, rest, payment.fromBond, settlement.settings);
    }

    /// @dev A function of its own: the event has as many fields as the stack holds.
    function _emitClaimed(Payment memory p) private {
        emit VoucherClaimed(
            p.sessionId,
            p.offerId,
            p.provider,
            p.modelId,
            uint128(p.cumulative),
            uint128(p.fromSession + p.fromBond),
            uint128(p.protocolFee),
            uint128(p.gatewayFee),
            uint128(p.royalty),
            uint128(p.forProvider),
            uint128(p.fromBond),
            uint128(p.balance),
            p.receipts
        );
    }

    function _addGatewayFee(address gateway, uint256 fee, Settlement memory settlement) private {
        if (gateway != settlement.gateway) {
            _credit(settlement.gateway, settlement.gatewayFees);
            (settlement.gateway, settlement.gatewayFees) = (gateway, 0);
        }
        settlement.gatewayFees += fee;
    }

    /// @dev Asks the registry once for neighbours with one model.
    function _addRoyalty(bytes32 modelId, uint256 amount, Settlement memory settlement)
        private
        returns (uint256 royalty)
    {
        if (modelId != settlement.modelId) {
            _credit(settlement.publisher, settlement.royalties);
            (settlement.modelId, settlement.royalties) = (modelId, 0);
            (settlement.publisher, settlement.royaltyPpm) = MODELS.royaltyOf(modelId);
        }
        royalty = Bounds.ppmRoundedDown(amount, settlement.royaltyPpm);
        settlement.royalties += royalty;
    }

    function _credit(address account, uint256 amount) private {
        if (amount != 0) fees[account] += amount;
    }

    function _creditProvider(address provider, uint256 fromSession, uint256 fromBond, Settings memory settings)
        private
    {
        Earnings storage earnings = _earnings[provider];
        uint256 due = earnings.fromSessions.add(fromSession, settings.earningsWindow);
        if (fromBond != 0) {
            due += earnings.fromBonds.add(fromBond, _bondWindow(settings));
            earnings.hasBondCredits = true;
        }
        if (due == 0) return;
        uint256 matured = _settleDue(provider, earnings, due);
        if (matured != 0) earnings.matured += uint96(matured);
    }

    /// @dev The bond covers what the session cannot. Whoever needed it once opens no more sessions.
    function _coverShortfall(Redemption calldata entry, address gateway, uint256 shortfall)
        private
        returns (uint256 covered)
    {
        if (gateway == address(0)) return 0;
        Bond storage b = _bonds[gateway];
        if (!b.barred) {
            b.barred = true;
            emit GatewayBarred(gateway, entry.sessionId, uint128(shortfall));
        }
        covered = Bounds.min(shortfall, b.tokens);
        if (covered == 0) return 0;
        b.tokens -= uint96(covered);
        if (b.thawing > b.tokens) b.thawing = b.tokens;
        emit BondUsed(gateway, entry.sessionId, entry.provider, uint128(covered), b.tokens);
    }

    /// @dev Takes out all that has matured, and says which part of it is the delegators'.
    function _mature(address provider) private returns (uint256 gross, uint256 toDelegators) {
        Earnings storage earnings = _earnings[provider];
        uint256 kept = earnings.matured;
        gross = kept + _advance(provider, earnings);
        if (kept != 0) earnings.matured = 0;
        if (gross != 0) toDelegators = Bounds.ppmRoundedDown(gross, STAKING.delegatorCut(provider));
    }

    function _keepMatured(address provider, Earnings storage earnings) private returns (uint256 matured) {
        matured = _advance(provider, earnings);
        if (matured != 0) earnings.matured += uint96(matured);
    }

    /// @dev Takes what has matured since the last time out of the buckets. The caller keeps or pays it.
    function _advance(address provider, Earnings storage earnings) private returns (uint256 matured) {
        Settings memory settings = _settings;
        uint256 due = earnings.fromSessions.advance(settings.earningsWindow);
        if (earnings.hasBondCredits) {
            due += earnings.fromBonds.advance(_bondWindow(settings));
            if (earnings.fromBonds.unmatured() == 0) earnings.hasBondCredits = false;
        }
        return _settleDue(provider, earnings, due);
    }

    /// @dev What is due matures, or is held while a freeze lasts. Once that is over, what it held matures too.
    function _settleDue(address provider, Earnings storage earnings, uint256 due) private returns (uint256 matured) {
        uint256 until = earnings.frozenUntil;
        if (block.timestamp < until) {
            if (due != 0) earnings.held += uint96(due);
            return 0;
        }
        matured = due;
        if (until != 0) {
            matured += earnings.held;
            (earnings.frozenUntil, earnings.held, earnings.freezes) = (0, 0, 0);
        }
        if (matured != 0) emit EarningsMatured(provider, uint128(matured), uint128(_unmatured(earnings)));
    }

    function _clear(Earnings storage earnings) private {
        earnings.fromSessions.clear();
        if (earnings.hasBondCredits) {
            earnings.fromBonds.clear();
            earnings.hasBondCredits = false;
        }
        if (earnings.frozenUntil != 0) earnings.held = 0;
    }

    function _receive(
        address from,
        uint256 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata authorization
    ) private {
        require(authorization.length == 65, EscrowBadSignatureLength(authorization.length));
        bytes32 r = bytes32(authorization[0:32]);
        bytes32 s = bytes32(authorization[32:64]);
        uint8 v = uint8(authorization[64]);
        uint256 held = TOKEN.balanceOf(address(this));
        IERC3009(address(TOKEN))
            .receiveWithAuthorization(from, address(this), amount, validAfter, validBefore, nonce, v, r, s);
        _checkReceived(held, amount);
    }

    function _pull(uint256 amount) private {
        uint256 held = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        _checkReceived(held, amount);
    }

    function _setParameters(EscrowParameters memory next) private {
        Bounds.report("protocolFeePpm", next.protocolFeePpm, 0, MAX_PROTOCOL_FEE_PPM);
        Bounds.report("minDeposit", next.minDeposit, 1, 1e12);
        Bounds.report("minWithdrawDelay", next.minWithdrawDelay, MIN_WINDOW, MAX_WITHDRAW_DELAY);
        Bounds.report("earningsWindow", next.earningsWindow, MIN_WINDOW, MAX_WINDOW);
        Bounds.report("bondThaw", next.bondThaw, MIN_WINDOW, MAX_WINDOW);
        _settings = Settings({
            protocolFeePpm: next.protocolFeePpm,
            minDeposit: next.minDeposit,
            minWithdrawDelay: next.minWithdrawDelay,
            earningsWindow: next.earningsWindow,
            bondThaw: next.bondThaw,
            pausedUntil: _settings.pausedUntil
        });
    }

    function _setTreasury(address next) private {
        require(next != address(0), EscrowZeroAddress());
        treasury = next;
        emit TreasurySet(next);
    }

    function _checkGrant(Grant calldata grant, uint32 minDelay) private view {
        require(grant.key != address(0), EscrowZeroKey());
        uint32 feeLimit = grant.gateway == address(0) ? 0 : MAX_GATEWAY_FEE_PPM;
        require(grant.gatewayFeePpm <= feeLimit, EscrowGatewayFeeTooHigh(grant.gatewayFeePpm, feeLimit));
        require(grant.expiresAt > block.timestamp, EscrowGrantExpired(grant.expiresAt));
        uint64 lifeLimit = uint64(block.timestamp) + MAX_SESSION_LIFE;
        require(grant.expiresAt <= lifeLimit, EscrowGrantTooLong(grant.expiresAt, lifeLimit));
        require(
            grant.withdrawDelay >= minDelay && grant.withdrawDelay <= MAX_WITHDRAW_DELAY,
            EscrowWithdrawDelayOutOfBounds(grant.withdrawDelay, minDelay, MAX_WITHDRAW_DELAY)
        );
        bool barred = grant.gateway != address(0) && _bonds[grant.gateway].barred;
        require(!barred, EscrowGatewayBarred(grant.gateway));
    }

    function _voucherValid(Redemption calldata entry, bytes32 offerId, bytes32 domain, address key)
        private
        pure
        returns (bool)
    {
        bytes32 structHash = Digests.voucher(entry.sessionId, offerId, entry.cumulative);
        return _signedBy(key, MessageHashUtils.toTypedDataHash(domain, structHash), entry.voucherSignature);
    }

    function _guaranteeValid(Redemption calldata entry, bytes32 offerId, bytes32 domain, address gateway)
        private
        pure
        returns (bool)
    {
        if (gateway == address(0)) return true;
        bytes32 structHash = Digests.guarantee(entry.sessionId, offerId, entry.cumulative, entry.receipts);
        return _signedBy(gateway, MessageHashUtils.toTypedDataHash(domain, structHash), entry.guaranteeSignature);
    }

    function _signedBy(address signer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecoverCalldata(digest, signature);
        return err == ECDSA.RecoverError.NoError && recovered == signer;
    }

    function _checkReceived(uint256 held, uint256 expected) private view {
        uint256 holds = TOKEN.balanceOf(address(this));
        require(holds == held + expected, EscrowWrongAmountReceived(holds > held ? holds - held : 0, expected));
        require(holds <= type(uint96).max, EscrowAmountTooLarge(holds, type(uint96).max));
    }

    function _added(uint96 held, uint256 amount) private pure returns (uint96) {
        require(amount != 0, EscrowZeroAmount());
        uint256 limit = type(uint96).max - held;
        require(amount <= limit, EscrowAmountTooLarge(amount, limit));
        return held + uint96(amount);
    }

    /// @dev Credits from a bond mature no sooner than the bond itself would have thawed, so that nobody leaves through them.
    function _bondWindow(Settings memory settings) private pure returns (uint256) {
        return settings.bondThaw > settings.earningsWindow ? settings.bondThaw : settings.earningsWindow;
    }

    function _unmatured(Earnings storage earnings) private view returns (uint256 amount) {
        amount = earnings.fromSessions.unmatured();
        if (earnings.hasBondCredits) amount += earnings.fromBonds.unmatured();
        if (earnings.frozenUntil != 0) amount += earnings.held;
    }

    function _onlyDisputeManager() private view {
        require(msg.sender == STAKING.slasher(), EscrowNotDisputeManager(msg.sender));
    }

    function _typed(bytes32 structHash) private view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator(), structHash);
    }
}
