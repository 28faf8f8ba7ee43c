// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntry} from "./IEntry.sol";

/// @notice How outputs of one execution class compare: fingerprints are fixed-point numbers with `scale` units per 1.0, and
/// honest ones differ by at most `tolerance` units.
struct ModelClass {
    bytes32 execClass;
    uint32 scale;
    uint32 tolerance;
}

/// @title Content-addressed models, their lineages, classes and royalties
/// @notice `modelId = keccak256(abi.encode(publisher, sha256(manifest)))`.
interface IModelRegistry is IEntry {
    /// @notice A model was registered. `lineage` is the id of its first version, `previous` zero for that one.
    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed publisher,
        bytes32 indexed lineage,
        bytes32 previous,
        bytes32 manifestHash,
        uint32 royaltyPpm,
        bytes manifest
    );

    /// @notice Outputs of this class compare like this, for ever.
    event ModelClassAdded(bytes32 indexed modelId, bytes32 indexed execClass, uint32 scale, uint32 tolerance);

    /// @notice Where the files can be fetched; replaces what was there. Hashes, not places, say whether they are right.
    event ModelLocation(bytes32 indexed modelId, string uri);

    /// @notice The royalty, now and, if `effectiveAt` is not zero, from then on.
    event RoyaltySet(bytes32 indexed modelId, uint32 royaltyPpm, uint32 nextRoyaltyPpm, uint64 effectiveAt);

    /// @notice The publisher advises against new use. Nothing on chain stops because of it.
    event ModelDeprecated(bytes32 indexed modelId);

    error ModelManifestTooLarge(uint256 size, uint256 limit);
    error ModelManifestEmpty();
    error ModelManifestHashMismatch(bytes32 given, bytes32 computed);
    error ModelAlreadyRegistered(bytes32 modelId);
    error ModelUnknown(bytes32 modelId);
    error ModelNotPublisher(bytes32 modelId, address caller);
    error ModelRoyaltyTooHigh(uint32 royaltyPpm, uint32 limit);
    error ModelClassKnown(bytes32 modelId, bytes32 execClass);
    error ModelClassInvalid(bytes32 modelId, bytes32 execClass);
    error ModelTooManyClasses(uint256 count, uint256 limit);
    error ModelAlreadyDeprecated(bytes32 modelId);
    error ModelUriTooLong(uint256 size, uint256 limit);

    /// @notice Registers the first version of a model. The caller is its publisher.
    /// @param manifestHash sha256 of the manifest, computed again here.
    function register(
        bytes calldata manifest,
        bytes32 manifestHash,
        ModelClass[] calldata classList,
        uint32 royaltyPpm,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Registers a new version in the lineage of one of the caller's models.
    function newVersion(
        bytes32 previousId,
        bytes calldata manifest,
        bytes32 manifestHash,
        ModelClass[] calldata classList,
        uint32 royaltyPpm,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Adds execution classes; a class once added never changes.
    function addClasses(bytes32 modelId, ModelClass[] calldata classList) external;

    /// @notice Says where the files are now.
    function setLocation(bytes32 modelId, string calldata uri) external;

    /// @notice Lowers the royalty at once, or raises it after 7 days.
    function setRoyalty(bytes32 modelId, uint32 royaltyPpm) external;

    /// @notice Advises against new use, irreversibly.
    function deprecate(bytes32 modelId) external;

    /// @notice Who earns the royalty, and how much. Zero for an unknown model; never reverts.
    function royaltyOf(bytes32 modelId) external view returns (address publisher, uint32 royaltyPpm);

    /// @notice How outputs of a class compare; a zero scale means the class is unknown.
    function classOf(bytes32 modelId, bytes32 execClass) external view returns (uint32 scale, uint32 tolerance);

    function publisherOf(bytes32 modelId) external view returns (address);
    function lineageOf(bytes32 modelId) external view returns (bytes32);
    function isDeprecated(bytes32 modelId) external view returns (bool);
    function modelIdOf(address publisher, bytes32 manifestHash) external pure returns (bytes32);
}
