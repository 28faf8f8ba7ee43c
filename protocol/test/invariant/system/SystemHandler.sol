// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SystemLeaving} from "./SystemLeaving.sol";

/// @notice All contracts, all parties. No action reverts but where it must, with the very error it must. The files it is made of say who
/// does what, what the contracts must hold at any time, and how everyone leaves.
contract SystemHandler is SystemLeaving {
    constructor() {
        setUp();
        gather();
        for (uint256 i = 0; i < sellers.length; i++) {
            ownBook[sellers[i]] = STAKE;
        }
        feeAccounts = _feeAccounts();
        vm.prank(provider.addr);
        staking.setDelegatorCut(300_000);
        // Short, so that much matures, or is held, within the calls of one run.
        setEarningsWindow(1 days);
        for (uint256 seed = 0; seed < 4; seed++) {
            newSession(seed);
            bondMore(seed);
            delegateSome(seed);
        }
    }

    function setUp() public override {
        super.setUp();
    }

    /// @dev What is due to anyone but a provider for its work, taken by whoever calls.
    function takeOut(uint256 seed) external {
        withdrawStake(seed);
        withdrawDelegated(seed);
        claimRewards(seed);
        withdrawFees(seed);
        withdrawBond(seed);
        withdrawPayout(seed);
        expireCommitment(seed);
    }

    function actions() external pure returns (bytes4[] memory all) {
        bytes4[27] memory list_ = [
            this.stakeMore.selector,
            this.thaw.selector,
            this.delegateSome.selector,
            this.undelegate.selector,
            this.setDelegatorCut.selector,
            this.newSession.selector,
            this.topUp.selector,
            this.close.selector,
            this.withdraw.selector,
            this.claimBatch.selector,
            this.withdrawEarnings.selector,
            this.bondMore.selector,
            this.thawBond.selector,
            this.proveCheatConflict.selector,
            this.rotateKey.selector,
            this.list.selector,
            this.commitDispute.selector,
            this.openCommitted.selector,
            this.accuse.selector,
            this.commitVotes.selector,
            this.revealVotes.selector,
            this.judgeDispute.selector,
            this.takeOut.selector,
            this.govern.selector,
            this.meddle.selector,
            this.claimSome.selector,
            this.pass.selector
        ];
        all = new bytes4[](list_.length);
        for (uint256 i = 0; i < list_.length; i++) {
            all[i] = list_[i];
        }
    }

    function _feeAccounts() private view returns (address[] memory accounts) {
        accounts = new address[](4);
        (accounts[0], accounts[1]) = (gateways[0].addr, gateways[1].addr);
        (accounts[2], accounts[3]) = (treasury, publisher);
    }
}
