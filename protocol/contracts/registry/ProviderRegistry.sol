// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IEntry} from "../interfaces/IEntry.sol";
import {IProviderRegistry, Offer} from "../interfaces/IProviderRegistry.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Bounds} from "../libraries/Bounds.sol";
import {Digests} from "../libraries/Digests.sol";

/// @title ProviderRegistry
/// @notice See {IProviderRegistry}, which documents every function.
contract ProviderRegistry is IProviderRegistry {
    uint256 public constant MAX_REGION = 32;
    uint64 public constant MAX_OFFER_LIFE = 365 days;

    /// @dev One slot: evidence reads both.
    struct KeyRecord {
        address provider;
        uint64 retiredAt;
    }

    address private immutable GOVERNANCE;
    IStaking private immutable STAKING;
    IModelRegistry private immutable MODELS;

    /// @inheritdoc IEntry
    uint64 public pausedUntil;

    /// @inheritdoc IProviderRegistry
    mapping(address provider => address key) public keyOf;
    mapping(address key => KeyRecord) private _keys;
    mapping(address provider => address) private _payouts;
    mapping(bytes32 offerId => Offer) private _offers;

    /// @dev Positions are one based, so that zero means absent.
    mapping(bytes32 modelId => mapping(bytes32 execClass => address[])) private _candidates;
    mapping(bytes32 modelId => mapping(bytes32 execClass => mapping(address provider => uint256))) private _positions;

    constructor(address governance, IStaking staking, IModelRegistry models) {
        GOVERNANCE = governance;
        STAKING = staking;
        MODELS = models;
    }

    /// @inheritdoc IProviderRegistry
    function register(address key, bytes calldata keySignature, string calldata region, address payout) external {
        Bounds.entryOpen(pausedUntil);
        require(keyOf[msg.sender] == address(0), ProviderAlreadyRegistered(msg.sender));
        require(payout != address(0), ProviderZeroAddress());
        _checkRegion(region);

        _payouts[msg.sender] = payout;
        emit ProviderRegistered(msg.sender, region, payout);
        _installKey(key, keySignature);
    }

    /// @inheritdoc IProviderRegistry
    function rotateKey(address key, bytes calldata keySignature) external {
        _onlyRegistered();
        _installKey(key, keySignature);
    }

    /// @inheritdoc IProviderRegistry
    function setRegion(string calldata region) external {
        _onlyRegistered();
        _checkRegion(region);
        emit RegionSet(msg.sender, region);
    }

    /// @inheritdoc IProviderRegistry
    function setPayout(address payout) external {
        _onlyRegistered();
        require(payout != address(0), ProviderZeroAddress());
        _payouts[msg.sender] = payout;
        emit PayoutSet(msg.sender, payout);
    }

    /// @inheritdoc IProviderRegistry
    function setOffer(bytes32 modelId, uint128 priceCeiling, bytes32 execClass, uint64 validUntil)
        external
        returns (bytes32 offerId)
    {
        Bounds.entryOpen(pausedUntil);
        _onlyRegistered();
        _checkOffer(modelId, priceCeiling, execClass, validUntil);
        offerId = offerIdOf(msg.sender, modelId);
        bytes32 previousClass = _offers[offerId].execClass;

        if (previousClass != execClass) _dropCandidate(modelId, previousClass, msg.sender);
        _addCandidate(modelId, execClass, msg.sender);
        _offers[offerId] = Offer(priceCeiling, validUntil, execClass);
        emit OfferSet(offerId, msg.sender, modelId, priceCeiling, execClass, validUntil);
    }

    /// @inheritdoc IProviderRegistry
    function retireOffer(bytes32 modelId) external {
        bytes32 offerId = offerIdOf(msg.sender, modelId);
        Offer memory offer = _offers[offerId];
        require(offer.validUntil != 0, ProviderOfferUnknown(offerId));

        _dropCandidate(modelId, offer.execClass, msg.sender);
        delete _offers[offerId];
        emit OfferRetired(offerId, msg.sender, modelId);
    }

    /// @inheritdoc IProviderRegistry
    function prune(bytes32 modelId, bytes32 execClass, address provider) external {
        bool listed = _positions[modelId][execClass][provider] != 0;
        bool gone = listed && !isLive(provider, modelId, execClass);
        require(gone, ProviderStillEligible(modelId, execClass, provider));
        _dropCandidate(modelId, execClass, provider);
        emit CandidatePruned(modelId, execClass, provider);
    }

    /// @inheritdoc IEntry
    function pauseEntry(uint64 until) external {
        Bounds.pause(GOVERNANCE, until);
        pausedUntil = until;
    }

    /// @inheritdoc IProviderRegistry
    function ownerOfKey(address key) public view returns (address provider) {
        return _keys[key].provider;
    }

    /// @inheritdoc IProviderRegistry
    function keyRecordOf(address key) external view returns (address provider, uint64 retiredAt) {
        KeyRecord memory record = _keys[key];
        return (record.provider, record.retiredAt);
    }

    /// @inheritdoc IProviderRegistry
    function payoutOf(address provider) external view returns (address) {
        address payout = _payouts[provider];
        return payout == address(0) ? provider : payout;
    }

    /// @inheritdoc IProviderRegistry
    function offerOf(address provider, bytes32 modelId) external view returns (Offer memory) {
        return _offers[offerIdOf(provider, modelId)];
    }

    /// @inheritdoc IProviderRegistry
    function isLive(address provider, bytes32 modelId, bytes32 execClass) public view returns (bool) {
        Offer memory offer = _offers[offerIdOf(provider, modelId)];
        if (offer.validUntil <= block.timestamp || offer.execClass != execClass) return false;
        return STAKING.activeStake(provider) >= STAKING.parameters().minStake;
    }

    /// @inheritdoc IProviderRegistry
    function candidateCount(bytes32 modelId, bytes32 execClass) external view returns (uint256) {
        return _candidates[modelId][execClass].length;
    }

    /// @inheritdoc IProviderRegistry
    function candidateAt(bytes32 modelId, bytes32 execClass, uint256 index) external view returns (address) {
        return _candidates[modelId][execClass][index];
    }

    /// @inheritdoc IProviderRegistry
    function offerIdOf(address provider, bytes32 modelId) public pure returns (bytes32) {
        return keccak256(abi.encode(provider, modelId));
    }

    /// @inheritdoc IProviderRegistry
    function receiptKeyDigest(address provider, address key) public view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(Digests.domain(address(this)), Digests.receiptKey(provider, key));
    }

    function _installKey(address key, bytes calldata keySignature) private {
        require(key != address(0), ProviderZeroAddress());
        require(ownerOfKey(key) == address(0), ProviderKeyTaken(key, ownerOfKey(key)));
        (address recovered,,) = ECDSA.tryRecoverCalldata(receiptKeyDigest(msg.sender, key), keySignature);
        require(recovered == key, ProviderBadKeySignature(key, recovered));

        address previous = keyOf[msg.sender];
        if (previous != address(0)) _keys[previous].retiredAt = uint64(block.timestamp);
        _keys[key] = KeyRecord(msg.sender, 0);
        keyOf[msg.sender] = key;
        emit ReceiptKeyRotated(msg.sender, key, previous);
    }

    function _checkOffer(bytes32 modelId, uint128 priceCeiling, bytes32 execClass, uint64 validUntil) private view {
        require(priceCeiling != 0, ProviderZeroPrice());
        require(validUntil > block.timestamp, ProviderOfferExpired(validUntil));
        uint64 limit = uint64(block.timestamp) + MAX_OFFER_LIFE;
        require(validUntil <= limit, ProviderOfferTooLong(validUntil, limit));
        (uint32 scale,) = MODELS.classOf(modelId, execClass);
        require(scale != 0, ProviderClassUnknown(modelId, execClass));
        uint256 active = STAKING.activeStake(msg.sender);
        uint256 minimum = STAKING.parameters().minStake;
        require(active >= minimum, ProviderStakeTooLow(active, minimum));
    }

    function _addCandidate(bytes32 modelId, bytes32 execClass, address provider) private {
        if (_positions[modelId][execClass][provider] != 0) return;
        address[] storage list = _candidates[modelId][execClass];
        list.push(provider);
        _positions[modelId][execClass][provider] = list.length;
    }

    /// @dev The last entry takes the free place.
    function _dropCandidate(bytes32 modelId, bytes32 execClass, address provider) private {
        mapping(address => uint256) storage positions = _positions[modelId][execClass];
        uint256 position = positions[provider];
        if (position == 0) return;
        address[] storage list = _candidates[modelId][execClass];
        address last = list[list.length - 1];
        list[position - 1] = last;
        positions[last] = position;
        list.pop();
        delete positions[provider];
    }

    function _checkRegion(string calldata region) private pure {
        uint256 size = bytes(region).length;
        require(size <= MAX_REGION, ProviderRegionTooLong(size, MAX_REGION));
    }

    function _onlyRegistered() private view {
        require(keyOf[msg.sender] != address(0), ProviderNotRegistered(msg.sender));
    }
}
