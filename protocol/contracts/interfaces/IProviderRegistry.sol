// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "./IEntry.sol";

/// @notice A provider's price ceiling and class for one model. Live prices, at most the ceiling, travel off chain.
struct Offer {
    uint128 priceCeiling;
    uint64 validUntil;
    bytes32 execClass;
}

/// @title Providers, their receipt keys and their offers
/// @notice `offerId = keccak256(abi.encode(provider, modelId))`. A key belongs to one provider for ever, so that receipts
/// stay attributable after rotation, and the time of its rotation is kept. A key proves itself with an EIP-712 signature over
/// `ReceiptKey(address provider,address key)`, domain ("Assay", "1", chainId, this contract).
interface IProviderRegistry is IEntry {
    /// @notice A provider appeared. Its receipt key is in `ReceiptKeyRotated`.
    event ProviderRegistered(address indexed provider, string region, address payout);

    /// @notice `key` signs the provider's receipts from now on; `previous` stays its key for what it signed.
    event ReceiptKeyRotated(address indexed provider, address indexed key, address previous);

    event RegionSet(address indexed provider, string region);
    event PayoutSet(address indexed provider, address payout);

    /// @notice An offer is as follows until `validUntil`.
    event OfferSet(
        bytes32 indexed offerId,
        address indexed provider,
        bytes32 indexed modelId,
        uint128 priceCeiling,
        bytes32 execClass,
        uint64 validUntil
    );

    /// @notice An offer is no more. What was served under it can still be claimed.
    event OfferRetired(bytes32 indexed offerId, address indexed provider, bytes32 indexed modelId);

    /// @notice A provider left the list that jurors are drawn from, because its offer or its stake lapsed.
    event CandidatePruned(bytes32 indexed modelId, bytes32 indexed execClass, address indexed provider);

    error ProviderAlreadyRegistered(address provider);
    error ProviderNotRegistered(address provider);
    error ProviderKeyTaken(address key, address owner);
    error ProviderBadKeySignature(address key, address recovered);
    error ProviderZeroAddress();
    error ProviderRegionTooLong(uint256 size, uint256 limit);
    error ProviderOfferExpired(uint64 validUntil);
    error ProviderOfferTooLong(uint64 validUntil, uint64 limit);
    error ProviderZeroPrice();
    error ProviderClassUnknown(bytes32 modelId, bytes32 execClass);
    error ProviderOfferUnknown(bytes32 offerId);
    error ProviderStakeTooLow(uint256 active, uint256 minimum);
    error ProviderStillEligible(bytes32 modelId, bytes32 execClass, address provider);

    /// @notice Makes the caller a provider.
    function register(address key, bytes calldata keySignature, string calldata region, address payout) external;

    /// @notice Replaces the receipt key.
    function rotateKey(address key, bytes calldata keySignature) external;

    function setRegion(string calldata region) external;
    function setPayout(address payout) external;

    /// @notice Offers a model, or changes the offer. Needs at least the minimum stake.
    function setOffer(bytes32 modelId, uint128 priceCeiling, bytes32 execClass, uint64 validUntil)
        external
        returns (bytes32 offerId);

    /// @notice Withdraws an offer.
    function retireOffer(bytes32 modelId) external;

    /// @notice Drops a provider that is not live from the list that jurors are drawn from. Anyone may call it.
    function prune(bytes32 modelId, bytes32 execClass, address provider) external;

    /// @notice Whose receipts a key signs or signed; zero if nobody's.
    function ownerOfKey(address key) external view returns (address provider);

    /// @notice The same, and when the key was rotated out; zero for a current key and for nobody's.
    function keyRecordOf(address key) external view returns (address provider, uint64 retiredAt);
    function keyOf(address provider) external view returns (address key);

    /// @notice Where earnings go; the provider itself if it never said.
    function payoutOf(address provider) external view returns (address);
    function offerOf(address provider, bytes32 modelId) external view returns (Offer memory);

    /// @notice Whether an offer of this class runs and its provider has the minimum of stake that is not thawing.
    function isLive(address provider, bytes32 modelId, bytes32 execClass) external view returns (bool);

    /// @notice The list that jurors of a class are drawn from. Entries may have lapsed: check with `isLive`.
    function candidateCount(bytes32 modelId, bytes32 execClass) external view returns (uint256);
    function candidateAt(bytes32 modelId, bytes32 execClass, uint256 index) external view returns (address);
    function offerIdOf(address provider, bytes32 modelId) external pure returns (bytes32);

    /// @notice What a receipt key signs to prove itself.
    function receiptKeyDigest(address provider, address key) external view returns (bytes32);
}
