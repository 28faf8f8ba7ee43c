// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bond, ISessionEscrow} from "../../../contracts/interfaces/ISessionEscrow.sol";
import {SystemSessions} from "./SystemSessions.sol";

/// @notice What providers, gateways, publisher and treasury take out. `credits` remembers when each amount was earned, and the
/// bounds of all windows that were ever in force say when it may mature at the soonest and at the latest.
abstract contract SystemEarnings is SystemSessions {
    struct Credit {
        uint256 at;
        uint256 fromSession;
        uint256 fromBond;
    }

    struct Spans {
        uint256 least;
        uint256 most;
        uint256 leastBond;
        uint256 mostBond;
        uint256 mostFreeze;
    }

    Spans internal spans;
    mapping(address => Credit[]) internal credits;
    mapping(address => uint256) internal credited;
    mapping(address => uint256) internal forfeited;
    mapping(address => uint256) internal received;
    mapping(address => uint256) internal inPayout;
    mapping(address => uint256) internal feeBook;
    address[] internal feeAccounts;

    function withdrawEarnings(uint256 seed) external {
        takeEarnings(anySeller(seed), dice(seed, 0, 3) == 0);
    }

    function withdrawFees(uint256 seed) internal {
        takeFees(feeAccounts[dice(seed, 0, feeAccounts.length)]);
    }

    function bondMore(uint256 seed) public {
        address to = gateways[dice(seed, 0, 2)].addr;
        uint256 amount = within(seed, 1, 1, 20 * USD);
        // Anyone may add to a bond.
        vm.prank(gateways[dice(seed, 2, 2)].addr);
        escrow.bond(to, amount);
        bondBook[to] += amount;
    }

    function thawBond(uint256 seed) external {
        address by = gateways[dice(seed, 0, 2)].addr;
        uint256 free = escrow.bondOf(by).tokens - escrow.bondOf(by).thawing;
        if (free != 0) startBondThaw(by, within(seed, 1, 1, free));
    }

    function withdrawBond(uint256 seed) internal {
        takeBond(gateways[dice(seed, 0, 2)].addr);
    }

    function startBondThaw(address by, uint256 amount) internal {
        vm.prank(by);
        escrow.thawBond(amount);
    }

    function takeBond(address by) internal {
        Bond memory bond = escrow.bondOf(by);
        if (bond.thawing == 0 || block.timestamp < bond.withdrawableAt) return;
        bondBook[by] -= escrow.withdrawBond(by);
        happened("bond withdrawn");
    }

    function takeEarnings(address who, bool onlyShare) internal {
        (, uint256 matured) = escrow.earningsOf(who);
        uint256 fresh = matured - inPayout[who];
        if ((onlyShare ? fresh : matured) == 0) {
            vm.expectRevert(abi.encodeWithSelector(ISessionEscrow.EscrowNothingToWithdraw.selector, who));
            if (onlyShare) escrow.shareEarnings(who);
            else escrow.withdrawEarnings(who);
            return;
        }
        uint256 rewards = usd.balanceOf(address(staking));
        uint256 purse = usd.balanceOf(who);
        if (onlyShare) escrow.shareEarnings(who);
        else escrow.withdrawEarnings(who);
        rewards = usd.balanceOf(address(staking)) - rewards;
        purse = usd.balanceOf(who) - purse;
        inPayout[who] = onlyShare ? matured - rewards : 0;
        received[who] += rewards + purse;
        require(onlyShare || rewards + purse == matured, "matured earnings did not all come out");
        happened(rewards == 0 ? "earnings withdrawn" : "earnings shared");
    }

    function takeFees(address account) internal {
        uint256 amount = feeBook[account];
        if (amount == 0) return;
        require(escrow.withdrawFees(account) == amount, "fees are not what the claims and forfeits made");
        feeBook[account] = 0;
    }

    function noteSpans() internal {
        uint256 window = escrow.parameters().earningsWindow;
        uint256 bondWindow = escrow.parameters().bondThaw;
        if (bondWindow < window) bondWindow = window;
        uint256 reveal = disputes.parameters().revealWindow;
        // As long as a dispute takes, as long again for one opened in its last second, and one more window to reveal.
        uint256 freeze = 2 * (disputes.parameters().commitWindow + reveal) + reveal;
        if (spans.least == 0 || window < spans.least) spans.least = window;
        if (window > spans.most) spans.most = window;
        if (spans.leastBond == 0 || bondWindow < spans.leastBond) spans.leastBond = bondWindow;
        if (bondWindow > spans.mostBond) spans.mostBond = bondWindow;
        if (freeze > spans.mostFreeze) spans.mostFreeze = freeze;
    }

    /// @dev What cannot have matured yet, and what may still be waiting if a freeze holds it for so long.
    function unmaturedBounds(address who, uint256 freeze) internal view returns (uint256 least, uint256 most) {
        for (uint256 i = 0; i < credits[who].length; i++) {
            Credit memory credit = credits[who][i];
            uint256 age = block.timestamp - credit.at;
            if (age < spans.least) least += credit.fromSession;
            if (age < spans.leastBond) least += credit.fromBond;
            if (age < 2 * spans.most + freeze) most += credit.fromSession;
            if (age < 2 * spans.mostBond + freeze) most += credit.fromBond;
        }
    }
}
