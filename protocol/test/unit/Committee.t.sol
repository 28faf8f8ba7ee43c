// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Jury} from "../../contracts/interfaces/ICommittee.sol";
import {DisputeTest} from "../DisputeTest.sol";

contract CommitteeTest is DisputeTest {
    function eligible() internal view returns (uint256) {
        return committee.eligible(Jury(modelId, CLASS, provider.addr, reporter), 0);
    }

    function test_nobody_is_drawn_for_an_offer_that_has_expired() public {
        assertEq(eligible(), PEERS);
        vm.prank(peers[0]);
        providers.setOffer(modelId, uint128(USD), CLASS, uint64(block.timestamp) + 1 hours);
        assertEq(eligible(), PEERS);
        vm.warp(block.timestamp + 1 hours);
        assertEq(eligible(), PEERS - 1);
        assertEq(providers.candidateCount(modelId, CLASS), PEERS + 1);
    }
}
