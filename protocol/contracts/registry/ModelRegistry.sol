// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry, ModelClass} from "../interfaces/IModelRegistry.sol";
import {IEntry} from "../interfaces/IEntry.sol";
import {Bounds} from "../libraries/Bounds.sol";

/// @title ModelRegistry
/// @notice See {IModelRegistry}, which documents every function.
contract ModelRegistry is IModelRegistry {
    uint256 public constant MAX_MANIFEST = 8192;
    uint256 public constant MAX_URI = 512;
    uint256 public constant MAX_CLASSES = 32;
    uint32 public constant MAX_ROYALTY_PPM = 100_000;
    uint64 public constant ROYALTY_DELAY = 7 days;

    /// @dev One slot, so that a claim reads the royalty at once. `nextRoyaltyPpm` counts from `effectiveAt` on, unless that is 0.
    struct Model {
        address publisher;
        uint24 royaltyPpm;
        uint24 nextRoyaltyPpm;
        uint40 effectiveAt;
        bool deprecated;
    }

    struct Comparison {
        uint32 scale;
        uint32 tolerance;
    }

    address private immutable GOVERNANCE;

    /// @inheritdoc IEntry
    uint64 public pausedUntil;

    /// @inheritdoc IModelRegistry
    mapping(bytes32 modelId => bytes32) public lineageOf;
    mapping(bytes32 modelId => Model) private _models;
    mapping(bytes32 modelId => mapping(bytes32 execClass => Comparison)) private _classes;

    constructor(address governance) {
        GOVERNANCE = governance;
    }

    /// @inheritdoc IModelRegistry
    function register(
        bytes calldata manifest,
        bytes32 manifestHash,
        ModelClass[] calldata classList,
        uint32 royaltyPpm,
        string calldata uri
    ) external returns (bytes32 modelId) {
        modelId = modelIdOf(msg.sender, manifestHash);
        lineageOf[modelId] = modelId;
        _register(modelId, 0, manifest, manifestHash, royaltyPpm);
        _addClasses(modelId, classList);
        _setLocation(modelId, uri);
    }

    /// @inheritdoc IModelRegistry
    function newVersion(
        bytes32 previousId,
        bytes calldata manifest,
        bytes32 manifestHash,
        ModelClass[] calldata classList,
        uint32 royaltyPpm,
        string calldata uri
    ) external returns (bytes32 modelId) {
        _onlyPublisher(previousId);
        modelId = modelIdOf(msg.sender, manifestHash);
        require(modelId != previousId, ModelAlreadyRegistered(modelId));
        lineageOf[modelId] = lineageOf[previousId];
        _register(modelId, previousId, manifest, manifestHash, royaltyPpm);
        _addClasses(modelId, classList);
        _setLocation(modelId, uri);
    }

    /// @inheritdoc IModelRegistry
    function addClasses(bytes32 modelId, ModelClass[] calldata classList) external {
        _onlyPublisher(modelId);
        _addClasses(modelId, classList);
    }

    /// @inheritdoc IModelRegistry
    function setLocation(bytes32 modelId, string calldata uri) external {
        _onlyPublisher(modelId);
        _setLocation(modelId, uri);
    }

    /// @inheritdoc IModelRegistry
    function setRoyalty(bytes32 modelId, uint32 royaltyPpm) external {
        _onlyPublisher(modelId);
        require(royaltyPpm <= MAX_ROYALTY_PPM, ModelRoyaltyTooHigh(royaltyPpm, MAX_ROYALTY_PPM));
        (, uint32 currentPpm) = royaltyOf(modelId);
        Model storage model = _models[modelId];

        bool lowers = royaltyPpm <= currentPpm;
        uint64 effectiveAt = lowers ? 0 : uint64(block.timestamp) + ROYALTY_DELAY;
        model.royaltyPpm = uint24(lowers ? royaltyPpm : currentPpm);
        model.nextRoyaltyPpm = uint24(royaltyPpm);
        model.effectiveAt = uint40(effectiveAt);
        emit RoyaltySet(modelId, model.royaltyPpm, royaltyPpm, effectiveAt);
    }

    /// @inheritdoc IModelRegistry
    function deprecate(bytes32 modelId) external {
        _onlyPublisher(modelId);
        require(!_models[modelId].deprecated, ModelAlreadyDeprecated(modelId));
        _models[modelId].deprecated = true;
        emit ModelDeprecated(modelId);
    }

    /// @inheritdoc IEntry
    function pauseEntry(uint64 until) external {
        Bounds.pause(GOVERNANCE, until);
        pausedUntil = until;
    }

    /// @inheritdoc IModelRegistry
    function royaltyOf(bytes32 modelId) public view returns (address publisher, uint32 royaltyPpm) {
        Model memory model = _models[modelId];
        bool due = model.effectiveAt != 0 && block.timestamp >= model.effectiveAt;
        return (model.publisher, due ? model.nextRoyaltyPpm : model.royaltyPpm);
    }

    /// @inheritdoc IModelRegistry
    function classOf(bytes32 modelId, bytes32 execClass) external view returns (uint32 scale, uint32 tolerance) {
        Comparison memory comparison = _classes[modelId][execClass];
        return (comparison.scale, comparison.tolerance);
    }

    /// @inheritdoc IModelRegistry
    function publisherOf(bytes32 modelId) external view returns (address) {
        return _models[modelId].publisher;
    }

    /// @inheritdoc IModelRegistry
    function isDeprecated(bytes32 modelId) external view returns (bool) {
        return _models[modelId].deprecated;
    }

    /// @inheritdoc IModelRegistry
    function modelIdOf(address publisher, bytes32 manifestHash) public pure returns (bytes32) {
        return keccak256(abi.encode(publisher, manifestHash));
    }

    function _register(
        bytes32 modelId,
        bytes32 previous,
        bytes calldata manifest,
        bytes32 manifestHash,
        uint32 royaltyPpm
    ) private {
        Bounds.entryOpen(pausedUntil);
        require(manifest.length != 0, ModelManifestEmpty());
        require(manifest.length <= MAX_MANIFEST, ModelManifestTooLarge(manifest.length, MAX_MANIFEST));
        bytes32 computed = sha256(manifest);
        require(manifestHash == computed, ModelManifestHashMismatch(manifestHash, computed));
        require(royaltyPpm <= MAX_ROYALTY_PPM, ModelRoyaltyTooHigh(royaltyPpm, MAX_ROYALTY_PPM));
        Model storage model = _models[modelId];
        require(model.publisher == address(0), ModelAlreadyRegistered(modelId));

        model.publisher = msg.sender;
        model.royaltyPpm = uint24(royaltyPpm);
        emit ModelRegistered(modelId, msg.sender, lineageOf[modelId], previous, manifestHash, royaltyPpm, manifest);
        emit RoyaltySet(modelId, royaltyPpm, royaltyPpm, 0);
    }

    function _addClasses(bytes32 modelId, ModelClass[] calldata classList) private {
        require(classList.length <= MAX_CLASSES, ModelTooManyClasses(classList.length, MAX_CLASSES));
        for (uint256 i = 0; i < classList.length; i++) {
            ModelClass calldata class = classList[i];
            Comparison storage known = _classes[modelId][class.execClass];
            require(known.scale == 0, ModelClassKnown(modelId, class.execClass));
            require(class.scale != 0, ModelClassInvalid(modelId, class.execClass));
            known.scale = class.scale;
            known.tolerance = class.tolerance;
            emit ModelClassAdded(modelId, class.execClass, class.scale, class.tolerance);
        }
    }

    function _setLocation(bytes32 modelId, string calldata uri) private {
        uint256 size = bytes(uri).length;
        require(size <= MAX_URI, ModelUriTooLong(size, MAX_URI));
        emit ModelLocation(modelId, uri);
    }

    function _onlyPublisher(bytes32 modelId) private view {
        address publisher = _models[modelId].publisher;
        require(publisher != address(0), ModelUnknown(modelId));
        require(publisher == msg.sender, ModelNotPublisher(modelId, msg.sender));
    }
}
