// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {DisputeStatus, IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {AssayToken} from "../../contracts/tokens/AssayToken.sol";
import {DisputeHandler} from "./DisputeHandler.sol";

contract DisputeInvariantTest is Test {
    DisputeHandler internal handler;
    IDisputeManager internal disputes;
    AssayToken internal assay;
    uint256 internal honest;

    function setUp() public {
        handler = new DisputeHandler();
        (address disputes_, address assay_,) = handler.system();
        disputes = IDisputeManager(disputes_);
        assay = AssayToken(assay_);
        honest = handler.honestStake();
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = handler.work.selector;
        selectors[1] = handler.proveOneConflict.selector;
        selectors[2] = handler.commitOne.selector;
        selectors[3] = handler.openOne.selector;
        selectors[4] = handler.expireOne.selector;
        selectors[5] = handler.voteOne.selector;
        selectors[6] = handler.revealOne.selector;
        selectors[7] = handler.resolveOne.selector;
        selectors[8] = handler.withdrawPayout.selector;
        selectors[9] = handler.restake.selector;
        selectors[10] = handler.pass.selector;
        selectors[11] = handler.rotateOne.selector;
        selectors[12] = handler.listOne.selector;
        selectors[13] = handler.changeParameters.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev All in one campaign: each sequence of calls is as dear as its checks.
    function invariant_all() public view {
        check_holds_bonds_and_payouts();
        check_rewards_are_a_part_of_the_slash();
        check_the_honest_are_never_slashed();
    }

    /// @dev Invariant 12: what is held is the open bonds and the payouts not taken; each bond ends once.
    function check_holds_bonds_and_payouts() internal view {
        assertEq(assay.balanceOf(address(disputes)), handler.owed());
        assertFalse(handler.resolvedTwice());
    }

    /// @dev Invariant 13: whoever proves a conflict, and reporter and jurors of a conviction together, get no more than their part of
    /// the slashed own stake; without a conviction all payouts come from the bond.
    function check_rewards_are_a_part_of_the_slash() internal view {
        assertFalse(handler.rewardedTooMuch());
    }

    /// @dev An honest provider is never slashed: not the peers, who are never rightly accused, and nobody with a right receipt
    /// whose fingerprint was shown, while at most one juror in three lies.
    function check_the_honest_are_never_slashed() internal view {
        assertEq(handler.honestStake(), honest);
        assertFalse(handler.innocentConvicted());
    }

    /// @dev The no-stuck rule: every commitment and dispute ends, and nothing is left behind.
    function afterInvariant() public {
        handler.everyoneLeaves();
        for (uint256 i = 0; i < handler.openCount(); i++) {
            assertTrue(disputes.dispute(handler.open_(i)).status != DisputeStatus.OPEN);
        }
        assertEq(assay.balanceOf(address(disputes)), 0);
    }
}
