// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {TestUSD} from "../../contracts/tokens/TestUSD.sol";
import {EscrowHandler} from "./EscrowHandler.sol";

contract EscrowInvariantTest is Test {
    EscrowHandler internal handler;
    TestUSD internal usd;
    ISessionEscrow internal escrow;

    function setUp() public {
        handler = new EscrowHandler();
        (address usd_, address escrow_,,) = handler.system();
        usd = TestUSD(usd_);
        escrow = ISessionEscrow(escrow_);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](18);
        selectors[0] = handler.openSession.selector;
        selectors[1] = handler.topUp.selector;
        selectors[2] = handler.claim.selector;
        selectors[3] = handler.close.selector;
        selectors[4] = handler.withdraw.selector;
        selectors[5] = handler.withdrawEarnings.selector;
        selectors[6] = handler.withdrawFees.selector;
        selectors[7] = handler.addBond.selector;
        selectors[8] = handler.thawBond.selector;
        selectors[9] = handler.withdrawBond.selector;
        selectors[10] = handler.freeze.selector;
        selectors[11] = handler.endFreeze.selector;
        selectors[12] = handler.setRoyalty.selector;
        selectors[13] = handler.delegateSome.selector;
        selectors[14] = handler.pause.selector;
        selectors[15] = handler.warp.selector;
        selectors[16] = handler.meddle.selector;
        selectors[17] = handler.undelegateAll.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev All in one campaign: each sequence of calls is as dear as its checks.
    function invariant_all() public view {
        check_holds_what_it_owes();
        check_nothing_appears_or_vanishes();
        check_claimed_is_monotone_and_signed();
        check_a_session_pays_what_it_had();
        check_bonds_fall_only_by_thaw_or_shortfall();
    }

    /// @dev Invariant 5: the escrow holds exactly what it owes: sessions, earnings, fees and bonds.
    function check_holds_what_it_owes() internal view {
        uint256 owed = escrow.bondOf(handler.gatewayAt(0)).tokens + escrow.bondOf(handler.gatewayAt(1)).tokens;
        for (uint256 i = 0; i < handler.sessionCount(); i++) {
            owed += escrow.session(handler.sids(i)).balance;
        }
        for (uint256 i = 0; i < 3; i++) {
            (uint256 unmatured, uint256 matured) = escrow.earningsOf(handler.sellers(i));
            owed += unmatured + matured;
        }
        for (uint256 i = 0; i < 4; i++) {
            owed += escrow.fees(handler.feeAccounts(i));
        }
        assertEq(usd.balanceOf(address(escrow)), owed);
    }

    /// @dev Invariant 6: what came in is held or went out.
    function check_nothing_appears_or_vanishes() internal view {
        assertEq(usd.balanceOf(address(escrow)) + handler.wentOut(), handler.cameIn());
    }

    /// @dev Invariant 7: claimed amounts never fall, and never exceed the highest amount that key and gateway signed.
    function check_claimed_is_monotone_and_signed() internal view {
        for (uint256 i = 0; i < handler.sessionCount(); i++) {
            bytes32 sid = handler.sids(i);
            for (uint256 j = 0; j < 3; j++) {
                address seller = handler.sellers(j);
                uint256 claimed = handler.claimedBy(sid, seller);
                assertGe(claimed, handler.lastClaimed(sid, seller));
                assertLe(claimed, handler.highestSigned(sid, seller));
            }
        }
    }

    /// @dev Invariant 8: over its offers a session claimed deposited - balance - refunded + bondPaid.
    function check_a_session_pays_what_it_had() internal view {
        for (uint256 i = 0; i < handler.sessionCount(); i++) {
            bytes32 sid = handler.sids(i);
            uint256 claimed;
            for (uint256 j = 0; j < 3; j++) {
                claimed += handler.claimedBy(sid, handler.sellers(j));
            }
            (uint256 deposited, uint256 refunded, uint256 bondPaid) = handler.books(sid);
            assertEq(claimed + escrow.session(sid).balance + refunded, deposited + bondPaid);
        }
    }

    /// @dev Invariant 10: a bond falls only by its own thaw or by a shortfall in a session that is not withdrawn.
    function check_bonds_fall_only_by_thaw_or_shortfall() internal view {
        for (uint256 i = 0; i < 2; i++) {
            address by = handler.gatewayAt(i);
            assertEq(escrow.bondOf(by).tokens, handler.expectedBond(by));
            assertLe(escrow.bondOf(by).thawing, escrow.bondOf(by).tokens);
        }
    }

    /// @dev The no-stuck rule: from wherever a run ended, everyone gets everything out within the sum of the windows.
    function afterInvariant() public {
        handler.everyoneLeaves();
        assertEq(usd.balanceOf(address(escrow)), 0);
        assertEq(handler.wentOut(), handler.cameIn());
    }
}
