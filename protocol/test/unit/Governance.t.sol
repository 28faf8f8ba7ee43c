// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Governance} from "../../contracts/governance/Governance.sol";
import {IEntry} from "../../contracts/interfaces/IEntry.sol";
import {IGovernance} from "../../contracts/interfaces/IGovernance.sol";
import {EscrowParameters} from "../../contracts/interfaces/ISessionEscrow.sol";
import {AssayTest} from "../AssayTest.sol";

contract GovernanceTest is AssayTest {
    function targets() internal view returns (IEntry[] memory all) {
        all = new IEntry[](4);
        all[0] = staking;
        all[1] = models;
        all[2] = providers;
        all[3] = escrow;
    }

    function test_guardian_pauses_entry_for_a_week() public {
        uint64 until = uint64(block.timestamp + 7 days);
        vm.prank(guardian);
        governance.guardianPause(targets());
        assertEq(staking.pausedUntil(), until);
        assertEq(models.pausedUntil(), until);
        assertEq(providers.pausedUntil(), until);
        assertEq(escrow.pausedUntil(), until);
    }

    function test_guardian_must_wait_as_long_before_the_next() public {
        vm.startPrank(guardian);
        governance.guardianPause(targets());
        uint64 next = uint64(block.timestamp + 14 days);
        vm.warp(next - 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.GovernanceGuardianMustWait.selector, next));
        governance.guardianPause(targets());
        vm.warp(next);
        governance.guardianPause(targets());
        vm.stopPrank();
    }

    function test_nobody_else_pauses_or_appoints() public {
        vm.expectRevert(abi.encodeWithSelector(IGovernance.GovernanceNotGuardian.selector, address(this)));
        governance.guardianPause(targets());
        vm.expectRevert(abi.encodeWithSelector(IGovernance.GovernanceNotSelf.selector, address(this)));
        governance.setGuardian(address(this));
    }

    function test_timelock_sets_parameters_and_lifts_a_pause_after_its_delay() public {
        vm.prank(guardian);
        governance.guardianPause(targets());
        EscrowParameters memory next = escrowParameters();
        next.protocolFeePpm = 5;
        bytes memory set = abi.encodeCall(escrow.setParameters, (next));
        bytes memory lift = abi.encodeCall(escrow.pauseEntry, (0));
        governance.schedule(address(escrow), 0, set, 0, 0, 2 days);
        governance.schedule(address(escrow), 0, lift, 0, 0, 2 days);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector,
                governance.hashOperation(address(escrow), 0, set, 0, 0),
                bytes32(2 ** uint256(TimelockController.OperationState.Ready))
            )
        );
        governance.execute(address(escrow), 0, set, 0, 0);
        vm.warp(block.timestamp + 2 days);
        vm.prank(stranger.addr);
        governance.execute(address(escrow), 0, set, 0, 0);
        governance.execute(address(escrow), 0, lift, 0, 0);
        assertEq(escrow.parameters().protocolFeePpm, 5);
        openSession(USD);
    }

    function test_a_guardians_pause_shortens_none_of_the_timelocks() public {
        uint64 longer = uint64(block.timestamp + 30 days);
        asGovernance(address(escrow), abi.encodeCall(escrow.pauseEntry, (longer)));
        vm.prank(guardian);
        governance.guardianPause(targets());
        assertEq(escrow.pausedUntil(), longer);
        assertEq(staking.pausedUntil(), block.timestamp + 7 days);
    }

    function test_no_proposal_takes_the_delay_below_its_floor() public {
        assertEq(governance.LEAST_DELAY(), 2 days);
        bytes memory none = abi.encodeCall(governance.updateDelay, (0));
        governance.schedule(address(governance), 0, none, 0, 0, 2 days);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.GovernanceDelayTooShort.selector, 0, 2 days));
        governance.execute(address(governance), 0, none, 0, 0);
        asGovernance(address(governance), abi.encodeCall(governance.updateDelay, (3 days)));
        asGovernance(address(governance), abi.encodeCall(governance.updateDelay, (2 days)));
        assertEq(governance.getMinDelay(), 2 days);
    }

    function test_only_the_timelock_sets_its_delay() public {
        vm.expectRevert(abi.encodeWithSelector(TimelockController.TimelockUnauthorizedCaller.selector, address(this)));
        governance.updateDelay(3 days);
    }

    function test_a_deployment_begins_without_a_delay_until_it_sets_one() public {
        address[] memory proposers = new address[](1);
        proposers[0] = address(this);
        Governance young = new Governance(0, 2 days, proposers, new address[](1), guardian);
        bytes memory settle = abi.encodeCall(young.updateDelay, (2 days));
        young.schedule(address(young), 0, settle, 0, 0, 0);
        young.execute(address(young), 0, settle, 0, 0);
        assertEq(young.getMinDelay(), 2 days);
    }

    function test_timelock_appoints_a_guardian() public {
        asGovernance(address(governance), abi.encodeCall(governance.setGuardian, (stranger.addr)));
        assertEq(governance.guardian(), stranger.addr);
    }

    function test_the_guardian_reaches_nothing_but_pauses() public {
        IEntry[] memory one = new IEntry[](1);
        one[0] = IEntry(address(disputes));
        // It has no such function, so there is nothing to answer.
        vm.expectRevert(bytes(""));
        vm.prank(guardian);
        governance.guardianPause(one);
    }
}
