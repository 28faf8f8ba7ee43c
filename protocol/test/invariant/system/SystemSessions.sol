// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IEntry} from "../../../contracts/interfaces/IEntry.sol";
import {ISessionEscrow, Session, SessionState} from "../../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../../contracts/libraries/Signed.sol";
import {SystemStaking} from "./SystemStaking.sol";

/// @notice Sessions are opened, topped up by their payer or another, closed and withdrawn.
abstract contract SystemSessions is SystemStaking {
    uint256 internal constant MAX_SESSIONS = 10;

    /// @dev `balance` is what the session must hold, `signed` the sum of the highest amounts signed over its offers.
    struct Opened {
        Grant grant;
        uint256 payer;
        uint256 deposited;
        uint256 refunded;
        uint256 bondPaid;
        uint256 balance;
        uint256 signed;
    }

    bytes32[] internal sids;
    mapping(bytes32 => Opened) internal opened;
    mapping(address => int256) internal spent;
    mapping(address => uint256) internal bondBook;
    mapping(address => bool) internal barredBook;

    function newSession(uint256 seed) public {
        if (sids.length == MAX_SESSIONS && !dropEnded()) return;
        uint256 by = dice(seed, 0, 2);
        Grant memory g = newGrant(seed, by);
        uint256 deposit = within(seed, 4, USD / 10, 100 * USD);
        bytes memory authorization = authorize(payers[by], deposit, escrow.grantDigest(g));
        bool refused = expectPaused(escrow);
        if (!refused && barredBook[g.gateway]) {
            vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowGatewayBarred.selector, g.gateway));
            refused = true;
        }
        bytes32 sid;
        if (dice(seed, 5, 2) == 0) {
            sid = escrow.open(g, deposit, 0, type(uint256).max, authorization);
        } else {
            vm.prank(g.payer);
            sid = escrow.openWithApproval(g, deposit);
        }
        if (!refused) book(sid, g, by, deposit);
    }

    function topUp(uint256 seed) external {
        (bytes32 sid, bool any) = anySession(seed);
        if (!any || escrow.session(sid).state != SessionState.OPEN) return;
        Vm.Wallet memory from = payers[dice(seed, 1, 2)];
        uint256 amount = within(seed, 2, 1, 50 * USD);
        bytes32 nonce = escrow.topUpDigest(sid, bytes32(seed));
        bytes memory authorization = authorize(from, amount, nonce);
        bool byAuthorization = dice(seed, 3, 2) == 0 && !usd.authorizationState(from.addr, nonce);
        bool paused = expectPaused(escrow);
        if (byAuthorization) {
            escrow.topUp(sid, from.addr, amount, 0, type(uint256).max, bytes32(seed), authorization);
        } else {
            vm.prank(from.addr);
            escrow.topUpWithApproval(sid, amount);
        }
        if (!paused) deposited(sid, from.addr, amount);
    }

    function close(uint256 seed) external {
        (bytes32 sid, bool any) = anySession(seed);
        if (!any || escrow.session(sid).state != SessionState.OPEN) return;
        Opened storage o = opened[sid];
        if (dice(seed, 1, 2) == 0) {
            return escrow.closeBySig(o.grant, sign(keys[o.payer], escrow.closeDigest(sid)));
        }
        vm.prank(o.grant.payer);
        escrow.close(o.grant);
    }

    function withdraw(uint256) external {
        // The first that is due: what is claimed from it afterwards must reach nothing.
        for (uint256 i = 0; i < sids.length; i++) {
            if (block.timestamp >= dueAt(sids[i])) return endSession(sids[i]);
        }
    }

    function newGrant(uint256 seed, uint256 by) private view returns (Grant memory g) {
        g = grantOf(keccak256(abi.encode(seed, sids.length, block.timestamp)));
        (g.payer, g.key) = (payers[by].addr, keys[by].addr);
        uint256 which = dice(seed, 1, 5);
        g.gateway = which == 4 ? address(0) : gateways[which % 2].addr;
        g.gatewayFeePpm = g.gateway == address(0) ? 0 : uint32(within(seed, 2, 0, 50_000));
        g.withdrawDelay = uint32(within(seed, 3, 1 days, dice(seed, 6, 4) == 0 ? 30 days : 3 days));
    }

    function book(bytes32 sid, Grant memory g, uint256 by, uint256 deposit) private {
        sids.push(sid);
        opened[sid].grant = g;
        opened[sid].payer = by;
        deposited(sid, g.payer, deposit);
    }

    function deposited(bytes32 sid, address from, uint256 amount) private {
        opened[sid].deposited += amount;
        opened[sid].balance += amount;
        spent[from] += int256(amount);
    }

    /// @dev One that was withdrawn makes room. Nothing about it can change any more.
    function dropEnded() private returns (bool) {
        for (uint256 i = 0; i < sids.length; i++) {
            if (escrow.session(sids[i]).state != SessionState.WITHDRAWN) continue;
            sids[i] = sids[sids.length - 1];
            sids.pop();
            return true;
        }
        return false;
    }

    function endSession(bytes32 sid) internal {
        if (block.timestamp < dueAt(sid)) return;
        Opened storage o = opened[sid];
        require(escrow.withdraw(o.grant) == o.balance, "a session gave back something else than it held");
        o.refunded += o.balance;
        spent[o.grant.payer] -= int256(o.balance);
        o.balance = 0;
        happened("session withdrawn");
    }

    function dueAt(bytes32 sid) internal view returns (uint256) {
        Session memory s = escrow.session(sid);
        if (s.state == SessionState.WITHDRAWN) return type(uint256).max;
        uint256 atExpiry = opened[sid].grant.expiresAt + opened[sid].grant.withdrawDelay;
        return s.state == SessionState.CLOSING && s.withdrawableAt < atExpiry ? s.withdrawableAt : atExpiry;
    }

    function anySession(uint256 seed) internal view returns (bytes32 sid, bool any) {
        any = sids.length != 0;
        if (any) sid = sids[dice(seed, 101, sids.length)];
    }
}
