// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {ISessionEscrow, Redemption, Session, SessionState} from "../../contracts/interfaces/ISessionEscrow.sol";
import {ThawRequest} from "../../contracts/interfaces/IStaking.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";
import {AssayTest} from "../AssayTest.sol";

/// @notice Three payers, two gateways and none, three providers, delegators, a dispute manager, a guardian and a forger act at
/// random. Keeps its own books, which the invariants compare with the escrow's. No action reverts but with the very error it must.
contract EscrowHandler is AssayTest {
    struct Opened {
        Grant grant;
        uint256 deposited;
        uint256 refunded;
        uint256 bondPaid;
    }

    Vm.Wallet[] internal payers;
    Vm.Wallet[] internal gateways;
    address[] public sellers;
    address[] public feeAccounts;
    bytes32[] public sids;
    bytes32[] public disputeIds;
    mapping(bytes32 => Opened) internal opened;
    mapping(bytes32 => mapping(address => uint256)) public highestSigned;
    mapping(bytes32 => mapping(address => uint256)) public lastClaimed;
    mapping(address => uint256) public expectedBond;
    mapping(address => uint256) internal shared;
    uint256 public cameIn;
    uint256 public wentOut;
    uint256 public claims;

    constructor() {
        setUp();
        for (uint256 i = 0; i < 3; i++) {
            payers.push(vm.createWallet(string.concat("payer ", vm.toString(i))));
            usd.mint(payers[i].addr, 1e9 * USD);
            vm.prank(payers[i].addr);
            usd.approve(address(escrow), type(uint256).max);
            sellers.push(i == 0 ? provider.addr : makeAddr(string.concat("seller ", vm.toString(i))));
        }
        for (uint256 i = 0; i < 2; i++) {
            gateways.push(vm.createWallet(string.concat("gateway ", vm.toString(i))));
            usd.mint(gateways[i].addr, 1e9 * USD);
            vm.prank(gateways[i].addr);
            usd.approve(address(escrow), type(uint256).max);
            feeAccounts.push(gateways[i].addr);
        }
        feeAccounts.push(treasury);
        feeAccounts.push(publisher);
        vm.prank(provider.addr);
        staking.setDelegatorCut(300_000);
    }

    function setUp() public override {
        super.setUp();
    }

    // ------------------------------------------------------------------ actions

    function openSession(uint256 who, uint256 which, uint256 deposit, uint32 fee, uint32 delay) external {
        Vm.Wallet memory by = payers[who % 3];
        Grant memory g = grantOf(bytes32(sids.length));
        g.payer = by.addr;
        g.gateway = which % 3 == 2 ? address(0) : gateways[which % 3].addr;
        g.gatewayFeePpm = g.gateway == address(0) ? 0 : uint32(bound(fee, 0, 50_000));
        g.withdrawDelay = uint32(bound(delay, WITHDRAW_DELAY, 30 days));
        deposit = bound(deposit, USD / 10, 100 * USD);
        bool barred = g.gateway != address(0) && escrow.bondOf(g.gateway).barred;
        bool paused = expectPaused();
        if (barred && !paused) {
            vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowGatewayBarred.selector, g.gateway));
        }
        vm.prank(by.addr);
        bytes32 sid = escrow.openWithApproval(g, deposit);
        if (barred || paused) return;
        sids.push(sid);
        opened[sid].grant = g;
        opened[sid].deposited = deposit;
        cameIn += deposit;
    }

    function topUp(uint256 seed, uint256 amount) external {
        (bytes32 sid, bool any) = pick(seed);
        if (!any || escrow.session(sid).state != SessionState.OPEN) return;
        amount = bound(amount, 1, 50 * USD);
        bool paused = expectPaused();
        vm.prank(payers[0].addr);
        escrow.topUpWithApproval(sid, amount);
        if (paused) return;
        opened[sid].deposited += amount;
        cameIn += amount;
    }

    /// @dev Amounts reach above what is there, so that shortfalls happen.
    function claim(uint256 seed, uint256 seller, uint256 amount, uint8 flaw) external {
        (bytes32 sid, bool any) = pick(seed);
        if (!any) return;
        address to = sellers[seller % 3];
        uint256 cumulative = bound(amount, 0, 60 * USD);
        Redemption memory entry = entryFor(sid, to, cumulative);
        if (flaw % 5 == 0) entry = flawed(entry, flaw);
        else if (cumulative > highestSigned[sid][to]) highestSigned[sid][to] = cumulative;
        settle(sid, to, entry);
    }

    function flawed(Redemption memory entry, uint8 flaw) internal view returns (Redemption memory) {
        if (flaw % 3 == 0) entry.voucherSignature = entry.guaranteeSignature;
        else if (flaw % 3 == 1) entry.voucherSignature = sign(stranger, keccak256("forged"));
        else entry.voucherSignature = "";
        return entry;
    }

    /// @dev A guarantee without the key, or the key without a guarantee, twice in one batch with a good one between.
    function settle(bytes32 sid, address to, Redemption memory entry) internal {
        Redemption[] memory batch = new Redemption[](3);
        batch[0] = entryFor("unknown", to, 1);
        batch[1] = entry;
        batch[2] = entry;
        address by = opened[sid].grant.gateway;
        uint256 bondBefore = escrow.bondOf(by).tokens;
        bool ended = escrow.session(sid).state == SessionState.WITHDRAWN;
        escrow.claim(batch);
        uint256 used = bondBefore - escrow.bondOf(by).tokens;
        require(!ended || used == 0, "a withdrawn session reached a bond");
        expectedBond[by] -= used;
        opened[sid].bondPaid += used;
        lastClaimed[sid][to] = escrow.claimed(sid, offerIdOf(to));
        claims++;
    }

    function close(uint256 seed, bool byKey) external {
        (bytes32 sid, bool any) = pick(seed);
        if (!any || escrow.session(sid).state != SessionState.OPEN) return;
        vm.prank(byKey ? key.addr : opened[sid].grant.payer);
        escrow.close(opened[sid].grant);
    }

    function withdraw(uint256 seed) public {
        (bytes32 sid, bool any) = pick(seed);
        if (!any || block.timestamp < dueAt(sid)) return;
        uint256 amount = escrow.withdraw(opened[sid].grant);
        opened[sid].refunded += amount;
        wentOut += amount;
    }

    function withdrawEarnings(uint256 seller, bool onlyShare) external {
        address to = sellers[seller % 3];
        (, uint256 matured) = escrow.earningsOf(to);
        uint256 due = onlyShare ? matured - shared[to] : matured;
        uint256 before = usd.balanceOf(address(escrow));
        if (due == 0) vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, to));
        if (onlyShare) shared[to] += due - escrow.shareEarnings(to);
        else escrow.withdrawEarnings(to);
        if (!onlyShare) shared[to] = 0;
        wentOut += before - usd.balanceOf(address(escrow));
    }

    function withdrawFees(uint256 seed) external {
        address account = feeAccounts[seed % feeAccounts.length];
        if (escrow.fees(account) != 0) wentOut += escrow.withdrawFees(account);
    }

    function addBond(uint256 seed, uint256 amount) external {
        address by = gateways[seed % 2].addr;
        amount = bound(amount, 1, 20 * USD);
        vm.prank(by);
        escrow.bond(by, amount);
        expectedBond[by] += amount;
        cameIn += amount;
    }

    function thawBond(uint256 seed, uint256 amount) external {
        address by = gateways[seed % 2].addr;
        uint256 free = escrow.bondOf(by).tokens - escrow.bondOf(by).thawing;
        if (free == 0) return;
        amount = bound(amount, 1, free);
        vm.prank(by);
        escrow.thawBond(amount);
    }

    function withdrawBond(uint256 seed) external {
        address by = gateways[seed % 2].addr;
        if (escrow.bondOf(by).thawing == 0 || block.timestamp < escrow.bondOf(by).withdrawableAt) return;
        uint256 amount = escrow.withdrawBond(by);
        expectedBond[by] -= amount;
        wentOut += amount;
    }

    function freeze(uint256 seller) external {
        bytes32 id = bytes32(disputeIds.length + 1);
        vm.prank(address(disputes));
        escrow.freezeEarnings(sellers[seller % 3], id, uint64(block.timestamp + 4 days));
        disputeIds.push(id);
    }

    function endFreeze(uint256 seed, bool guilty) external {
        if (disputeIds.length == 0) return;
        bytes32 id = disputeIds[seed % disputeIds.length];
        (address who,) = escrow.frozenBy(id);
        if (who == address(0)) return;
        (uint256 unmatured,) = escrow.earningsOf(who);
        vm.startPrank(address(disputes));
        if (guilty) require(escrow.forfeitEarnings(who, id) == unmatured, "a freeze shielded something");
        escrow.releaseEarnings(id);
        vm.stopPrank();
    }

    /// @dev Nobody but the dispute manager and who froze.
    function meddle(uint256 seed, uint256 seller) external {
        bytes memory refusal = abi.encodeWithSelector(ISessionEscrow.EscrowNotDisputeManager.selector, address(this));
        vm.expectRevert(refusal);
        escrow.freezeEarnings(sellers[seller % 3], bytes32(seed), uint64(block.timestamp + 1));
        vm.expectRevert(refusal);
        escrow.forfeitEarnings(sellers[seller % 3], bytes32(seed));
        if (disputeIds.length == 0) return;
        bytes32 id = disputeIds[seed % disputeIds.length];
        (address who,) = escrow.frozenBy(id);
        if (who != address(0)) vm.expectRevert(refusal);
        escrow.releaseEarnings(id);
    }

    function setRoyalty(uint32 ppm) external {
        vm.prank(publisher);
        models.setRoyalty(modelId, uint32(bound(ppm, 0, 100_000)));
    }

    function delegateSome(uint96 amount) external {
        delegate(delegator, provider.addr, bound(amount, 1e18, 1e24));
    }

    function undelegateAll() external {
        uint256 shares = staking.delegation(provider.addr, delegator).shares;
        (, ThawRequest[] memory queue) = staking.thawRequests(provider.addr, delegator);
        if (shares == 0 || queue.length == 32) return;
        vm.prank(delegator);
        staking.undelegate(provider.addr, shares);
    }

    function pause(uint32 howLong) external {
        uint64 until = uint64(block.timestamp + bound(howLong, 0, 3 days));
        asGovernance(address(escrow), abi.encodeCall(escrow.pauseEntry, (until)));
    }

    function warp(uint32 howLong) external {
        vm.warp(block.timestamp + bound(howLong, 1, 5 days));
    }

    // ------------------------------------------------------------------ books

    function entryFor(bytes32 sid, address to, uint256 cumulative) internal view returns (Redemption memory) {
        address by = opened[sid].grant.gateway;
        Vm.Wallet memory guarantor = by == gateways[1].addr ? gateways[1] : gateways[0];
        return redemptionBy(key, guarantor, sid, to, cumulative);
    }

    function expectPaused() internal returns (bool paused) {
        uint64 until = escrow.pausedUntil();
        paused = block.timestamp < until;
        if (paused) vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
    }

    function pick(uint256 seed) internal view returns (bytes32 sid, bool any) {
        any = sids.length != 0;
        if (any) sid = sids[seed % sids.length];
    }

    function dueAt(bytes32 sid) public view returns (uint256) {
        Session memory s = escrow.session(sid);
        if (s.state == SessionState.WITHDRAWN) return type(uint256).max;
        uint256 atExpiry = opened[sid].grant.expiresAt + opened[sid].grant.withdrawDelay;
        return s.state == SessionState.CLOSING && s.withdrawableAt < atExpiry ? s.withdrawableAt : atExpiry;
    }

    function sessionCount() external view returns (uint256) {
        return sids.length;
    }

    function books(bytes32 sid) external view returns (uint256 deposited, uint256 refunded, uint256 bondPaid) {
        return (opened[sid].deposited, opened[sid].refunded, opened[sid].bondPaid);
    }

    function gatewayAt(uint256 i) external view returns (address) {
        return gateways[i].addr;
    }

    function system() external view returns (address, address, address, address) {
        return (address(usd), address(escrow), address(staking), address(providers));
    }

    function claimedBy(bytes32 sid, address who) external view returns (uint256) {
        return escrow.claimed(sid, offerIdOf(who));
    }

    /// @dev Everyone leaves after the sum of all windows, and nobody's help is needed but that of whoever calls.
    function everyoneLeaves() external {
        vm.warp(block.timestamp + 30 days + 30 days + 2 * EARNINGS_WINDOW + 2 * BOND_THAW);
        for (uint256 i = 0; i < sids.length; i++) {
            if (escrow.session(sids[i]).state != SessionState.WITHDRAWN) {
                wentOut += escrow.withdraw(opened[sids[i]].grant);
            }
        }
        for (uint256 i = 0; i < 2; i++) {
            leaveBond(gateways[i].addr);
        }
        for (uint256 i = 0; i < feeAccounts.length; i++) {
            if (escrow.fees(feeAccounts[i]) != 0) wentOut += escrow.withdrawFees(feeAccounts[i]);
        }
        for (uint256 i = 0; i < 3; i++) {
            (, uint256 matured) = escrow.earningsOf(sellers[i]);
            uint256 before = usd.balanceOf(address(escrow));
            if (matured != 0) escrow.withdrawEarnings(sellers[i]);
            wentOut += before - usd.balanceOf(address(escrow));
        }
    }

    function leaveBond(address by) internal {
        uint256 free = escrow.bondOf(by).tokens - escrow.bondOf(by).thawing;
        vm.startPrank(by);
        if (free != 0) escrow.thawBond(free);
        vm.stopPrank();
        vm.warp(block.timestamp + BOND_THAW);
        if (escrow.bondOf(by).thawing != 0) wentOut += escrow.withdrawBond(by);
        expectedBond[by] = 0;
    }
}
