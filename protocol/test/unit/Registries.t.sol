// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Vm} from "forge-std/Vm.sol";
import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {IModelRegistry, ModelClass} from "../../contracts/interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../../contracts/interfaces/IProviderRegistry.sol";
import {AssayTest} from "../AssayTest.sol";

contract ModelRegistryTest is AssayTest {
    ModelClass[] internal none;

    function test_register_emits_manifest_class_location_and_royalty() public {
        bytes memory manifest = "{}";
        bytes32 hash = sha256(manifest);
        bytes32 id = models.modelIdOf(publisher, hash);
        ModelClass[] memory classes = new ModelClass[](1);
        classes[0] = ModelClass("gpu", 7, 3);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelRegistered(id, publisher, id, 0, hash, 5, manifest);
        vm.expectEmit(address(models));
        emit IModelRegistry.RoyaltySet(id, 5, 5, 0);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelClassAdded(id, "gpu", 7, 3);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelLocation(id, "ipfs://x");
        vm.prank(publisher);
        models.register(manifest, hash, classes, 5, "ipfs://x");
        assertEq(models.publisherOf(id), publisher);
        assertEq(models.lineageOf(id), id);
        (uint32 scale, uint32 tolerance) = models.classOf(id, "gpu");
        assertEq(scale, 7);
        assertEq(tolerance, 3);
    }

    function test_two_publishers_may_register_the_same_manifest() public {
        assertNotEq(registerModel(stranger.addr, MANIFEST, 0), modelId);
    }

    function test_register_refuses_what_it_must() public {
        bytes32 hash = sha256(MANIFEST);
        vm.startPrank(publisher);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelAlreadyRegistered.selector, modelId));
        models.register(MANIFEST, hash, none, 0, "");
        vm.expectRevert(IModelRegistry.ModelManifestEmpty.selector);
        models.register("", hash, none, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelManifestTooLarge.selector, 8193, 8192));
        models.register(new bytes(8193), hash, none, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelManifestHashMismatch.selector, bytes32("no"), hash));
        models.register(MANIFEST, "no", none, 0, "");
        hash = sha256("new");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRoyaltyTooHigh.selector, 100_001, 100_000));
        models.register("new", hash, none, 100_001, "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUriTooLong.selector, 513, 512));
        models.register("new", hash, none, 0, string(new bytes(513)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelTooManyClasses.selector, 33, 32));
        models.register("new", hash, new ModelClass[](33), 0, "");
        vm.stopPrank();
    }

    function test_register_refuses_while_paused() public {
        uint64 until = uint64(block.timestamp + 1 days);
        asGovernance(address(models), abi.encodeCall(models.pauseEntry, (until)));
        bytes32 hash = sha256("new");
        vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        models.register("new", hash, none, 0, "");
    }

    function test_the_largest_manifest_fits() public {
        registerModel(stranger.addr, new bytes(8192), 0);
    }

    function test_new_version_is_a_new_id_in_the_same_lineage() public {
        bytes32 hash = sha256("v2");
        vm.prank(publisher);
        bytes32 second = models.newVersion(modelId, "v2", hash, none, 0, "");
        hash = sha256("v3");
        vm.prank(publisher);
        bytes32 third = models.newVersion(second, "v3", hash, none, 0, "");
        assertEq(models.lineageOf(second), modelId);
        assertEq(models.lineageOf(third), modelId);
        assertNotEq(second, third);
    }

    function test_new_version_refuses_strangers_unknowns_and_itself() public {
        bytes32 hash = sha256("v2");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelNotPublisher.selector, modelId, address(this)));
        models.newVersion(modelId, "v2", hash, none, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, bytes32("x")));
        models.newVersion("x", "v2", hash, none, 0, "");
        hash = sha256(MANIFEST);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelAlreadyRegistered.selector, modelId));
        vm.prank(publisher);
        models.newVersion(modelId, MANIFEST, hash, none, 0, "");
    }

    function test_a_class_never_changes_but_others_may_follow() public {
        ModelClass[] memory classes = new ModelClass[](1);
        classes[0] = ModelClass(CLASS, 1, 1);
        vm.startPrank(publisher);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelClassKnown.selector, modelId, CLASS));
        models.addClasses(modelId, classes);
        classes[0] = ModelClass("gpu", 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelClassInvalid.selector, modelId, bytes32("gpu")));
        models.addClasses(modelId, classes);
        classes[0].scale = 9;
        models.addClasses(modelId, classes);
        vm.stopPrank();
        (uint32 scale,) = models.classOf(modelId, "gpu");
        assertEq(scale, 9);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelNotPublisher.selector, modelId, address(this)));
        models.addClasses(modelId, classes);
    }

    function test_royalty_falls_at_once_and_rises_after_a_week() public {
        vm.startPrank(publisher);
        models.setRoyalty(modelId, 10_000);
        (, uint32 ppm) = models.royaltyOf(modelId);
        assertEq(ppm, 10_000);
        models.setRoyalty(modelId, 90_000);
        vm.warp(block.timestamp + 7 days - 1);
        (, ppm) = models.royaltyOf(modelId);
        assertEq(ppm, 10_000);
        vm.warp(block.timestamp + 1);
        (, ppm) = models.royaltyOf(modelId);
        assertEq(ppm, 90_000);
        vm.stopPrank();
    }

    function test_a_lower_royalty_cancels_a_rise() public {
        vm.startPrank(publisher);
        models.setRoyalty(modelId, 90_000);
        models.setRoyalty(modelId, 1);
        vm.warp(block.timestamp + 30 days);
        (, uint32 ppm) = models.royaltyOf(modelId);
        assertEq(ppm, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRoyaltyTooHigh.selector, 100_001, 100_000));
        models.setRoyalty(modelId, 100_001);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelNotPublisher.selector, modelId, address(this)));
        models.setRoyalty(modelId, 0);
    }

    function test_location_and_deprecation_belong_to_the_publisher() public {
        bytes memory refusal = abi.encodeWithSelector(IModelRegistry.ModelNotPublisher.selector, modelId, address(this));
        vm.expectRevert(refusal);
        models.setLocation(modelId, "x");
        vm.expectRevert(refusal);
        models.deprecate(modelId);
        vm.startPrank(publisher);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelLocation(modelId, "x");
        models.setLocation(modelId, "x");
        models.deprecate(modelId);
        assertTrue(models.isDeprecated(modelId));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelAlreadyDeprecated.selector, modelId));
        models.deprecate(modelId);
        vm.stopPrank();
    }
}

contract ProviderRegistryTest is AssayTest {
    Vm.Wallet internal next;

    function setUp() public override {
        super.setUp();
        next = vm.createWallet("next key");
    }

    function proof(Vm.Wallet memory by, address of_, address key_) internal view returns (bytes memory) {
        return sign(by, providers.receiptKeyDigest(of_, key_));
    }

    function test_register_reports_and_answers() public {
        bytes memory p = proof(next, stranger.addr, next.addr);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.ProviderRegistered(stranger.addr, "us-east", delegator);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.ReceiptKeyRotated(stranger.addr, next.addr, address(0));
        vm.prank(stranger.addr);
        providers.register(next.addr, p, "us-east", delegator);
        assertEq(providers.keyOf(stranger.addr), next.addr);
        assertEq(providers.ownerOfKey(next.addr), stranger.addr);
        assertEq(providers.payoutOf(stranger.addr), delegator);
        assertEq(providers.payoutOf(publisher), publisher);
    }

    function test_register_refuses_what_it_must() public {
        bytes memory good = proof(next, stranger.addr, next.addr);
        vm.prank(provider.addr);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderAlreadyRegistered.selector, provider.addr));
        providers.register(next.addr, good, "", provider.addr);
        vm.startPrank(stranger.addr);
        vm.expectRevert(IProviderRegistry.ProviderZeroAddress.selector);
        providers.register(next.addr, good, "", address(0));
        vm.expectRevert(IProviderRegistry.ProviderZeroAddress.selector);
        providers.register(address(0), good, "", delegator);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderRegionTooLong.selector, 33, 32));
        providers.register(next.addr, good, "123456789012345678901234567890123", delegator);
        vm.stopPrank();
    }

    function test_a_key_must_sign_for_itself_and_for_this_provider() public {
        bytes4 selector = IProviderRegistry.ProviderBadKeySignature.selector;
        bytes memory byAnother = proof(stranger, stranger.addr, next.addr);
        vm.startPrank(stranger.addr);
        vm.expectRevert(abi.encodeWithSelector(selector, next.addr, stranger.addr));
        providers.register(next.addr, byAnother, "", delegator);
        vm.expectRevert(abi.encodeWithSelector(selector, next.addr, address(0)));
        providers.register(next.addr, "short", "", delegator);
        bytes memory forAnother = proof(next, provider.addr, next.addr);
        (address recovered,,) = ECDSA.tryRecover(providers.receiptKeyDigest(stranger.addr, next.addr), forAnother);
        vm.expectRevert(abi.encodeWithSelector(selector, next.addr, recovered));
        providers.register(next.addr, forAnother, "", delegator);
        vm.stopPrank();
    }

    function test_a_key_belongs_to_one_provider_for_ever() public {
        bytes memory p = proof(receiptKey, stranger.addr, receiptKey.addr);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ProviderKeyTaken.selector, receiptKey.addr, provider.addr)
        );
        vm.prank(stranger.addr);
        providers.register(receiptKey.addr, p, "", delegator);
    }

    function test_rotation_keeps_old_receipts_attributable() public {
        bytes memory p = proof(next, provider.addr, next.addr);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.ReceiptKeyRotated(provider.addr, next.addr, receiptKey.addr);
        vm.prank(provider.addr);
        providers.rotateKey(next.addr, p);
        assertEq(providers.keyOf(provider.addr), next.addr);
        assertEq(providers.ownerOfKey(receiptKey.addr), provider.addr);
        p = proof(receiptKey, provider.addr, receiptKey.addr);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ProviderKeyTaken.selector, receiptKey.addr, provider.addr)
        );
        vm.prank(provider.addr);
        providers.rotateKey(receiptKey.addr, p);
    }

    function test_a_key_knows_since_when_it_is_retired() public {
        (address owner, uint64 retiredAt) = providers.keyRecordOf(receiptKey.addr);
        assertEq(owner, provider.addr);
        assertEq(retiredAt, 0);
        bytes memory p = proof(next, provider.addr, next.addr);
        vm.prank(provider.addr);
        providers.rotateKey(next.addr, p);
        uint256 rotatedAt = block.timestamp;
        vm.warp(block.timestamp + 1);
        (owner, retiredAt) = providers.keyRecordOf(receiptKey.addr);
        assertEq(owner, provider.addr);
        assertEq(retiredAt, rotatedAt);
        (owner, retiredAt) = providers.keyRecordOf(next.addr);
        assertEq(owner, provider.addr);
        assertEq(retiredAt, 0);
    }

    function test_only_providers_change_themselves() public {
        bytes memory refusal = abi.encodeWithSelector(IProviderRegistry.ProviderNotRegistered.selector, address(this));
        vm.expectRevert(refusal);
        providers.rotateKey(next.addr, "");
        vm.expectRevert(refusal);
        providers.setRegion("x");
        vm.expectRevert(refusal);
        providers.setPayout(address(this));
        vm.expectRevert(refusal);
        providers.setOffer(modelId, 1, CLASS, 1);
    }

    function test_region_and_payout_change() public {
        vm.startPrank(provider.addr);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.RegionSet(provider.addr, "mars");
        providers.setRegion("mars");
        vm.expectEmit(address(providers));
        emit IProviderRegistry.PayoutSet(provider.addr, delegator);
        providers.setPayout(delegator);
        vm.expectRevert(IProviderRegistry.ProviderZeroAddress.selector);
        providers.setPayout(address(0));
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ offers

    function test_set_offer_reports_and_lists() public {
        uint64 until = uint64(block.timestamp + 1 days);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.OfferSet(offerIdOf(provider.addr), provider.addr, modelId, 5, CLASS, until);
        vm.prank(provider.addr);
        providers.setOffer(modelId, 5, CLASS, until);
        assertEq(providers.offerOf(provider.addr, modelId).priceCeiling, 5);
        assertTrue(providers.isLive(provider.addr, modelId, CLASS));
        assertEq(providers.candidateCount(modelId, CLASS), 1, "listed once");
        vm.warp(until);
        assertFalse(providers.isLive(provider.addr, modelId, CLASS));
    }

    function test_set_offer_refuses_what_it_must() public {
        uint64 now_ = uint64(block.timestamp);
        vm.startPrank(provider.addr);
        vm.expectRevert(IProviderRegistry.ProviderZeroPrice.selector);
        providers.setOffer(modelId, 0, CLASS, now_ + 1);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderOfferExpired.selector, now_));
        providers.setOffer(modelId, 1, CLASS, now_);
        uint64 far = now_ + 365 days + 1;
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderOfferTooLong.selector, far, far - 1));
        providers.setOffer(modelId, 1, CLASS, far);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderClassUnknown.selector, modelId, bytes32("x")));
        providers.setOffer(modelId, 1, "x", now_ + 1);
        staking.thaw(STAKE);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.ProviderStakeTooLow.selector, 0, 1_000e18));
        providers.setOffer(modelId, 1, CLASS, now_ + 1);
        vm.stopPrank();
    }

    function test_nobody_below_the_minimum_of_active_stake_is_live() public {
        vm.prank(provider.addr);
        staking.thaw(STAKE - 1_000e18);
        assertTrue(providers.isLive(provider.addr, modelId, CLASS));
        vm.prank(provider.addr);
        staking.thaw(1_000e18);
        assertFalse(providers.isLive(provider.addr, modelId, CLASS));
        stake(provider.addr, 1_000e18);
        assertTrue(providers.isLive(provider.addr, modelId, CLASS));
        vm.prank(address(disputes));
        staking.slash(provider.addr, STAKE / 2, 0, address(this), 0, 0);
        assertFalse(providers.isLive(provider.addr, modelId, CLASS));
    }

    function test_retire_takes_the_offer_and_the_place() public {
        vm.startPrank(provider.addr);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.OfferRetired(offerIdOf(provider.addr), provider.addr, modelId);
        providers.retireOffer(modelId);
        assertEq(providers.candidateCount(modelId, CLASS), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ProviderOfferUnknown.selector, offerIdOf(provider.addr))
        );
        providers.retireOffer(modelId);
        vm.stopPrank();
    }

    function test_another_class_moves_the_place() public {
        ModelClass[] memory classes = new ModelClass[](1);
        classes[0] = ModelClass("gpu", 1, 1);
        vm.prank(publisher);
        models.addClasses(modelId, classes);
        registerProvider(stranger, next, STAKE);
        offer(stranger.addr, modelId);
        vm.prank(provider.addr);
        providers.setOffer(modelId, 1, "gpu", uint64(block.timestamp + 1));
        assertEq(providers.candidateCount(modelId, CLASS), 1);
        assertEq(providers.candidateAt(modelId, CLASS, 0), stranger.addr);
        assertEq(providers.candidateAt(modelId, "gpu", 0), provider.addr);
    }

    function test_prune_drops_what_lapsed_and_nothing_else() public {
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ProviderStillEligible.selector, modelId, CLASS, provider.addr)
        );
        providers.prune(modelId, CLASS, provider.addr);
        vm.prank(provider.addr);
        staking.thaw(STAKE);
        vm.expectEmit(address(providers));
        emit IProviderRegistry.CandidatePruned(modelId, CLASS, provider.addr);
        providers.prune(modelId, CLASS, provider.addr);
        assertEq(providers.candidateCount(modelId, CLASS), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ProviderStillEligible.selector, modelId, CLASS, provider.addr)
        );
        providers.prune(modelId, CLASS, provider.addr);
    }

    function test_entry_can_be_paused_exits_cannot() public {
        uint64 until = uint64(block.timestamp + 1 days);
        asGovernance(address(providers), abi.encodeCall(providers.pauseEntry, (until)));
        bytes memory refusal = abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until);
        vm.startPrank(provider.addr);
        vm.expectRevert(refusal);
        providers.setOffer(modelId, 1, CLASS, until);
        vm.expectRevert(refusal);
        providers.register(next.addr, "", "", delegator);
        providers.retireOffer(modelId);
        vm.stopPrank();
    }
}
