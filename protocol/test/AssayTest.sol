// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {BlockhashRandomness} from "../contracts/disputes/BlockhashRandomness.sol";
import {Committee} from "../contracts/disputes/Committee.sol";
import {DisputeManager} from "../contracts/disputes/DisputeManager.sol";
import {SessionEscrow} from "../contracts/escrow/SessionEscrow.sol";
import {Governance} from "../contracts/governance/Governance.sol";
import {DisputeParameters} from "../contracts/interfaces/IDisputeManager.sol";
import {ModelClass} from "../contracts/interfaces/IModelRegistry.sol";
import {EscrowParameters, Redemption} from "../contracts/interfaces/ISessionEscrow.sol";
import {StakingParameters} from "../contracts/interfaces/IStaking.sol";
import {Grant, Receipt as JobReceipt, Ticket} from "../contracts/libraries/Signed.sol";
import {ModelRegistry} from "../contracts/registry/ModelRegistry.sol";
import {ProviderRegistry} from "../contracts/registry/ProviderRegistry.sol";
import {Staking} from "../contracts/staking/Staking.sol";
import {AssayToken} from "../contracts/tokens/AssayToken.sol";
import {TestUSD} from "../contracts/tokens/TestUSD.sol";

/// @notice All contracts with the parameters of a main network, one model with one class, and the words to act with.
abstract contract AssayTest is Test {
    uint256 internal constant USD = 1e6;
    uint256 internal constant STAKE = 10_000e18;
    uint32 internal constant THAW = 14 days;
    uint32 internal constant EARNINGS_WINDOW = 5 days;
    uint32 internal constant BOND_THAW = 14 days;
    uint32 internal constant WITHDRAW_DELAY = 1 days;
    uint32 internal constant GATEWAY_FEE_PPM = 20_000;
    uint32 internal constant PROTOCOL_FEE_PPM = 10_000;
    uint32 internal constant ROYALTY_PPM = 50_000;
    bytes32 internal constant CLASS = keccak256("cpu");
    uint32 internal constant SCALE = 1e6;
    uint32 internal constant TOLERANCE = 100;
    bytes internal constant MANIFEST = '{"name":"echo"}';

    bytes32 private constant RECEIVE_TYPE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    TestUSD internal usd;
    AssayToken internal assay;
    Governance internal governance;
    Staking internal staking;
    ModelRegistry internal models;
    ProviderRegistry internal providers;
    SessionEscrow internal escrow;
    Committee internal committee;
    DisputeManager internal disputes;

    Vm.Wallet internal payer;
    Vm.Wallet internal key;
    Vm.Wallet internal gateway;
    Vm.Wallet internal provider;
    Vm.Wallet internal receiptKey;
    Vm.Wallet internal stranger;
    address internal publisher = makeAddr("publisher");
    address internal treasury = makeAddr("treasury");
    address internal guardian = makeAddr("guardian");
    address internal delegator = makeAddr("delegator");
    bytes32 internal modelId;

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        vm.roll(1_000_000);
        payer = vm.createWallet("payer");
        key = vm.createWallet("key");
        gateway = vm.createWallet("gateway");
        provider = vm.createWallet("provider");
        receiptKey = vm.createWallet("receipt key");
        stranger = vm.createWallet("stranger");
        deployAll();
        usd.mint(payer.addr, 1_000_000 * USD);
        usd.mint(gateway.addr, 1_000_000 * USD);
        modelId = registerModel(publisher, MANIFEST, ROYALTY_PPM);
        registerProvider(provider, receiptKey, STAKE);
        offer(provider.addr, modelId);
    }

    function deployAll() internal {
        usd = deployToken();
        assay = new AssayToken(address(this), 1e30);
        governance = deployGovernance();
        staking = new Staking(address(governance), assay, usd, 7 days, stakingParameters());
        models = new ModelRegistry(address(governance));
        providers = new ProviderRegistry(address(governance), staking, models);
        escrow = deployEscrow(address(usd));
        committee = new Committee(providers, staking);
        disputes = new DisputeManager(places(), disputeParameters());
        asGovernance(address(staking), abi.encodeCall(staking.announceSlasher, (address(disputes))));
    }

    function deployToken() internal virtual returns (TestUSD) {
        return new TestUSD();
    }

    function deployGovernance() internal returns (Governance) {
        address[] memory proposers = new address[](1);
        proposers[0] = address(this);
        return new Governance(2 days, 2 days, proposers, new address[](1), guardian);
    }

    function deployEscrow(address token) internal returns (SessionEscrow) {
        return new SessionEscrow(
            address(governance), TestUSD(token), staking, models, providers, treasury, 15 minutes, escrowParameters()
        );
    }

    function places() internal returns (DisputeManager.Places memory) {
        return DisputeManager.Places({
            governance: address(governance),
            stakeToken: assay,
            staking: staking,
            escrow: escrow,
            models: models,
            providers: providers,
            committee: committee,
            randomness: new BlockhashRandomness(),
            minWindow: 15 minutes,
            thawMargin: 1 days
        });
    }

    function stakingParameters() internal pure returns (StakingParameters memory) {
        return StakingParameters({minStake: 1_000e18, minDelegation: 1e18, thawPeriod: THAW});
    }

    function escrowParameters() internal pure returns (EscrowParameters memory) {
        return EscrowParameters({
            protocolFeePpm: PROTOCOL_FEE_PPM,
            minDeposit: uint64(USD / 10),
            minWithdrawDelay: WITHDRAW_DELAY,
            earningsWindow: EARNINGS_WINDOW,
            bondThaw: BOND_THAW
        });
    }

    function disputeParameters() internal pure returns (DisputeParameters memory) {
        return DisputeParameters({
            evidenceAge: 5 days,
            commitWindow: 2 days,
            revealWindow: 2 days,
            conflictCooldown: 1 days,
            conflictSlashPpm: 100_000,
            wrongOutputSlashPpm: 100_000,
            rewardPpm: 250_000,
            drawDelay: 5,
            committeeSize: 3,
            disputeBond: 100e18,
            jurorFee: 5e18
        });
    }

    /// @dev What the timelock executes, without its delay: the delay is OpenZeppelin's and tested with it.
    function asGovernance(address target, bytes memory data) internal {
        vm.prank(address(governance));
        (bool ok, bytes memory result) = target.call(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }

    // ------------------------------------------------------------------ parties

    function registerModel(address by, bytes memory manifest, uint32 royaltyPpm) internal returns (bytes32) {
        ModelClass[] memory classes = new ModelClass[](1);
        classes[0] = ModelClass(CLASS, SCALE, TOLERANCE);
        // Before the prank: forge counts a call to a precompile as the pranked one.
        bytes32 hash = sha256(manifest);
        vm.prank(by);
        return models.register(manifest, hash, classes, royaltyPpm, "https://models.example/echo");
    }

    function registerProvider(Vm.Wallet memory who, Vm.Wallet memory keyOfWho, uint256 tokens) internal {
        stake(who.addr, tokens);
        bytes memory proof = sign(keyOfWho, providers.receiptKeyDigest(who.addr, keyOfWho.addr));
        vm.prank(who.addr);
        providers.register(keyOfWho.addr, proof, "eu-central", who.addr);
    }

    function stake(address who, uint256 tokens) internal {
        fundStake(who, tokens);
        vm.prank(who);
        staking.stake(tokens);
    }

    function delegate(address who, address to, uint256 tokens) internal returns (uint256) {
        fundStake(who, tokens);
        vm.prank(who);
        return staking.delegate(to, tokens, 0);
    }

    function fundStake(address who, uint256 tokens) internal {
        if (who != address(this)) assertTrue(assay.transfer(who, tokens));
        vm.prank(who);
        assay.approve(address(staking), type(uint256).max);
    }

    function offer(address who, bytes32 model) internal returns (bytes32) {
        uint64 validUntil = uint64(block.timestamp) + 300 days;
        vm.prank(who);
        return providers.setOffer(model, uint128(USD), CLASS, validUntil);
    }

    function offerIdOf(address who) internal view returns (bytes32) {
        return providers.offerIdOf(who, modelId);
    }

    // ------------------------------------------------------------------ sessions

    function grantOf(bytes32 salt) internal view returns (Grant memory) {
        return Grant({
            payer: payer.addr,
            key: key.addr,
            gateway: gateway.addr,
            gatewayFeePpm: GATEWAY_FEE_PPM,
            expiresAt: uint64(block.timestamp + 30 days),
            withdrawDelay: WITHDRAW_DELAY,
            policy: 0,
            salt: salt
        });
    }

    function openSession(Grant memory grant, uint256 deposit) internal returns (bytes32) {
        bytes memory authorization = authorize(payer, deposit, escrow.grantDigest(grant));
        return escrow.open(grant, deposit, 0, type(uint256).max, authorization);
    }

    function openSession(uint256 deposit) internal returns (bytes32) {
        return openSession(grantOf("salt"), deposit);
    }

    function authorize(Vm.Wallet memory from, uint256 value, bytes32 nonce) internal view returns (bytes memory) {
        return authorizeFor(from, address(escrow), value, nonce);
    }

    function authorizeFor(Vm.Wallet memory from, address to, uint256 value, bytes32 nonce)
        internal
        view
        returns (bytes memory)
    {
        return authorizeUntil(from, to, value, nonce, type(uint256).max);
    }

    function authorizeUntil(Vm.Wallet memory from, address to, uint256 value, bytes32 nonce, uint256 validBefore)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(abi.encode(RECEIVE_TYPE, from.addr, to, value, 0, validBefore, nonce));
        return sign(from, keccak256(abi.encodePacked("\x19\x01", usd.DOMAIN_SEPARATOR(), structHash)));
    }

    function redemption(bytes32 sessionId, address who, uint256 cumulative) internal view returns (Redemption memory) {
        return redemptionBy(key, gateway, sessionId, who, cumulative);
    }

    function redemptionBy(
        Vm.Wallet memory sessionKey,
        Vm.Wallet memory guarantor,
        bytes32 sessionId,
        address who,
        uint256 cumulative
    ) internal view returns (Redemption memory entry) {
        bytes32 offerId = providers.offerIdOf(who, modelId);
        uint128 total = uint128(cumulative);
        entry.sessionId = sessionId;
        entry.provider = who;
        entry.modelId = modelId;
        entry.cumulative = total;
        entry.receipts = keccak256("receipts");
        entry.voucherSignature = sign(sessionKey, escrow.voucherDigest(sessionId, offerId, total));
        entry.guaranteeSignature = sign(guarantor, escrow.guaranteeDigest(sessionId, offerId, total, entry.receipts));
    }

    function claim(Redemption memory entry) internal {
        Redemption[] memory batch = new Redemption[](1);
        batch[0] = entry;
        escrow.claim(batch);
    }

    function claim(bytes32 sessionId, uint256 cumulative) internal {
        claim(redemption(sessionId, provider.addr, cumulative));
    }

    function addBond(uint256 amount) internal {
        vm.startPrank(gateway.addr);
        usd.approve(address(escrow), amount);
        escrow.bond(gateway.addr, amount);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ receipts

    function ticketOf(bytes32 jobId, uint32 attempt) internal view returns (Ticket memory) {
        return Ticket({
            jobId: jobId,
            attempt: attempt,
            sessionId: keccak256("session"),
            offerId: offerIdOf(provider.addr),
            maxPrice: uint128(USD),
            deadline: uint64(block.timestamp + 1 minutes)
        });
    }

    function receiptOf(Ticket memory ticket, bytes32 outputRoot) internal view returns (JobReceipt memory) {
        return JobReceipt({
            ticket: disputes.ticketDigest(ticket),
            execClass: CLASS,
            inputRoot: keccak256("input"),
            outputRoot: outputRoot,
            fingerprintHash: keccak256("fingerprint"),
            units: 1,
            price: uint128(USD / 100),
            startedAt: 1,
            finishedAt: 2
        });
    }

    function signReceipt(JobReceipt memory receipt) internal view returns (bytes memory) {
        return sign(receiptKey, disputes.receiptDigest(receipt));
    }

    /// @dev Two answers to one ticket.
    function proveConflict(Ticket memory ticket) internal returns (uint256) {
        JobReceipt memory a = receiptOf(ticket, "a");
        JobReceipt memory b = receiptOf(ticket, "b");
        return disputes.proveConflict(ticket, a, signReceipt(a), b, signReceipt(b));
    }

    function sign(Vm.Wallet memory wallet, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(wallet.privateKey, digest);
        return abi.encodePacked(r, s, v);
    }
}
