// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeStatus} from "../../contracts/interfaces/IDisputeManager.sol";
import {DisputeTest} from "../DisputeTest.sol";

/// @notice A receipt is disputed, jurors decide, and whoever was right is paid.
contract DisputeToPayoutTest is DisputeTest {
    uint256 internal constant BOND = 100e18;
    uint256 internal constant FEES = 3 * 5e18;
    uint256 internal constant EARNED = 92 * USD / 10;

    address[] internal jurors;

    /// @dev The provider has earned 10 USD less fees that have not matured when its receipt is disputed.
    function disputeAfterEarning() internal returns (bytes32 id) {
        claim(openSession(100 * USD), 10 * USD);
        escrow.withdrawFees(treasury);
        id = openDispute();
        jurors = disputes.jurorsOf(id);
    }

    function voteAndAnswer(bytes32 id, int32 offset) internal {
        vote(id, [offset, offset, offset]);
        disputes.answer(id, print(0), PRINT_SALT);
    }

    function test_a_wrong_answer_costs_stake_and_earnings_and_pays_reporter_and_jurors() public {
        bytes32 id = disputeAfterEarning();
        uint256 supply = assay.totalSupply();
        uint256 held = assay.balanceOf(reporter);
        voteAndAnswer(id, 10_000);
        assertTrue(resolve(id) == DisputeStatus.GUILTY);

        uint256 slashed = STAKE / 10;
        uint256 reward = slashed / 4;
        assertEq(staking.ownStake(provider.addr).tokens, STAKE - slashed);
        assertEq(assay.totalSupply(), supply - (slashed - reward));
        disputes.withdrawPayout(reporter);
        assertEq(assay.balanceOf(reporter), held + BOND + reward - FEES);
        withdrawFeesOfJurors();

        (uint256 unmatured, uint256 matured) = escrow.earningsOf(provider.addr);
        assertEq(unmatured + matured, 0);
        assertEq(escrow.withdrawFees(treasury), EARNED);
    }

    function test_a_right_answer_costs_the_reporter_its_bond_and_delays_the_earnings() public {
        bytes32 id = disputeAfterEarning();
        uint256 supply = assay.totalSupply();
        voteAndAnswer(id, 0);
        assertTrue(resolve(id) == DisputeStatus.CLEARED);

        uint256 rest = BOND - FEES;
        assertEq(staking.ownStake(provider.addr).tokens, STAKE);
        assertEq(assay.totalSupply(), supply - rest / 2);
        disputes.withdrawPayout(provider.addr);
        assertEq(assay.balanceOf(provider.addr), rest / 2);
        withdrawFeesOfJurors();

        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        assertEq(escrow.withdrawEarnings(provider.addr), EARNED);
    }

    function test_a_convicted_provider_goes_on_earning() public {
        bytes32 id = disputeAfterEarning();
        voteAndAnswer(id, 10_000);
        resolve(id);

        claim(openSession(grantOf("another"), 100 * USD), 10 * USD);
        vm.warp(block.timestamp + 2 * EARNINGS_WINDOW);
        assertEq(escrow.withdrawEarnings(provider.addr), EARNED);
    }

    /// @dev After them the manager holds nothing of anybody's.
    function withdrawFeesOfJurors() internal {
        for (uint256 i = 0; i < jurors.length; i++) {
            assertEq(disputes.withdrawPayout(jurors[i]), FEES / 3);
        }
        assertEq(assay.balanceOf(address(disputes)), 0);
    }
}
