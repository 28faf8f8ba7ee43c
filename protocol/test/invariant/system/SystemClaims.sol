// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {ISessionEscrow, Redemption, Session, SessionState} from "../../../contracts/interfaces/ISessionEscrow.sol";
import {SystemEarnings} from "./SystemEarnings.sol";

/// @notice Batches in which good entries stand beside flawed ones. What each entry must do is worked out from the books, entry by entry,
/// and compared with what the escrow reports.
abstract contract SystemClaims is SystemEarnings {
    uint256 private constant BATCH = 3;

    /// @dev The amounts of {ISessionEscrow.VoucherClaimed}.
    struct Paid {
        bytes32 modelId;
        uint128 cumulative;
        uint128 delta;
        uint128 protocolFee;
        uint128 gatewayFee;
        uint128 royalty;
        uint128 forProvider;
        uint128 fromBond;
        uint128 balance;
        bytes32 receipts;
    }

    mapping(bytes32 => mapping(address => uint256)) internal claimedBook;
    mapping(bytes32 => mapping(address => uint256)) internal highestSigned;

    function claimBatch(uint256 seed) external {
        if (sids.length != 0) claimMany(seed);
    }

    /// @dev The same once more: most of what happens in the escrow begins with a claim.
    function claimSome(uint256 seed) external {
        if (sids.length != 0) claimMany(seed);
    }

    function claimMany(uint256 seed) private {
        Redemption[] memory batch = new Redemption[](BATCH);
        bool[] memory good = new bool[](BATCH);
        for (uint256 i = 0; i < BATCH; i++) {
            (batch[i], good[i]) = entryOf(uint256(keccak256(abi.encode(seed, i))));
        }
        vm.recordLogs();
        escrow.claim(batch);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 next;
        for (uint256 i = 0; i < logs.length; i++) {
            bool paid = logs[i].topics[0] == ISessionEscrow.VoucherClaimed.selector;
            if (!paid && logs[i].topics[0] != ISessionEscrow.ClaimSkipped.selector) continue;
            expectEntry(batch[next], good[next], paid, logs[i].data);
            next++;
        }
        require(next == BATCH, "an entry was neither paid nor skipped");
    }

    /// @dev The first gateway guarantees no more than was deposited; the second, and who has none, sign what they like.
    function entryOf(uint256 seed) private returns (Redemption memory entry, bool good) {
        (bytes32 sid,) = anySession(seed);
        address to = sellers[dice(seed, 0, SELLERS + 2) % SELLERS];
        Opened storage o = opened[sid];
        uint256 most = o.grant.gateway == gateways[0].addr ? o.deposited - o.signed : 60 * USD;
        uint256 high = highestSigned[sid][to];
        uint256 cumulative = dice(seed, 1, 8) == 0 ? within(seed, 2, 0, high) : high + within(seed, 3, 0, most);
        entry = redemptionBy(keys[o.payer], gatewayOf(o.grant.gateway), sid, to, cumulative);
        good = dice(seed, 4, 4) != 0;
        if (!good) return (flawed(entry, seed), false);
        if (cumulative <= high) return (entry, true);
        o.signed += cumulative - high;
        highestSigned[sid][to] = cumulative;
    }

    function gatewayOf(address by) private view returns (Vm.Wallet memory) {
        return by == gateways[1].addr ? gateways[1] : gateways[0];
    }

    /// @dev Another payer's key, another gateway, an amount nobody signed, no signature, a session nobody opened.
    function flawed(Redemption memory entry, uint256 seed) private view returns (Redemption memory) {
        Opened storage o = opened[entry.sessionId];
        uint256 kind = dice(seed, 5, 5);
        bytes32 offerId = offerIdOf(entry.provider);
        bytes32 digest = escrow.voucherDigest(entry.sessionId, offerId, entry.cumulative);
        if (kind == 0) entry.voucherSignature = sign(keys[1 - o.payer], digest);
        else if (kind == 1 && o.grant.gateway != address(0)) entry.guaranteeSignature = sign(keys[o.payer], digest);
        else if (kind == 2) entry.cumulative += 1;
        else if (kind == 3) entry.voucherSignature = "";
        else entry.sessionId = keccak256(abi.encode(seed));
        return entry;
    }

    function expectEntry(Redemption memory entry, bool good, bool paid, bytes memory data) private {
        Opened storage o = opened[entry.sessionId];
        Session memory s = escrow.session(entry.sessionId);
        uint256 before = claimedBook[entry.sessionId][entry.provider];
        if (!good || s.state == SessionState.WITHDRAWN || entry.cumulative <= before) {
            require(!paid, "an entry was paid that must not be");
            bool late = good && s.state == SessionState.WITHDRAWN && entry.cumulative > before;
            if (late && bondBook[s.gateway] != 0) happened("withdrawn session claimed");
            return happened("entry skipped");
        }
        uint256 owed = entry.cumulative - before;
        uint256 fromSession = owed < o.balance ? owed : o.balance;
        uint256 fromBond = shortfall(s.gateway, owed - fromSession);
        require(paid == (fromSession + fromBond != 0), "an entry was not paid what is there");
        if (!paid) return;
        Paid memory p = abi.decode(data, (Paid));
        require(p.delta == fromSession + fromBond && p.fromBond == fromBond, "session and bond paid something else");
        require(
            p.cumulative == before + p.delta && p.balance == o.balance - fromSession, "claimed or left over is wrong"
        );
        bookEntry(entry, o, p, s.gateway);
    }

    function shortfall(address by, uint256 amount) private returns (uint256 covered) {
        if (amount == 0) return 0;
        happened("shortfall");
        if (by == address(0)) return 0;
        require(by == gateways[1].addr, "an honest gateway fell short");
        barredBook[by] = true;
        covered = amount < bondBook[by] ? amount : bondBook[by];
        bondBook[by] -= covered;
        if (covered != 0) happened("bond paid");
    }

    function bookEntry(Redemption memory entry, Opened storage o, Paid memory p, address by) private {
        uint256 fees = uint256(p.protocolFee) + p.gatewayFee + p.royalty;
        require(p.delta == fees + p.forProvider, "what was claimed is not what was shared out");
        require(fees <= uint256(p.delta - p.fromBond) * 200_000 / 1e6, "fees beyond their bounds");
        o.balance = p.balance;
        o.bondPaid += p.fromBond;
        claimedBook[entry.sessionId][entry.provider] = p.cumulative;
        feeBook[treasury] += p.protocolFee;
        feeBook[by] += p.gatewayFee;
        feeBook[publisher] += p.royalty;
        credited[entry.provider] += p.forProvider;
        credits[entry.provider].push(Credit(block.timestamp, p.forProvider - p.fromBond, p.fromBond));
        happened("entry paid");
    }
}
