// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {DelegationPool, IStaking, OwnStake} from "../../contracts/interfaces/IStaking.sol";
import {AssayToken} from "../../contracts/tokens/AssayToken.sol";
import {TestUSD} from "../../contracts/tokens/TestUSD.sol";
import {StakingHandler} from "./StakingHandler.sol";

contract StakingInvariantTest is Test {
    StakingHandler internal handler;
    IStaking internal staking;
    AssayToken internal assay;
    TestUSD internal usd;

    function setUp() public {
        handler = new StakingHandler();
        (address staking_, address assay_, address usd_) = handler.system();
        staking = IStaking(staking_);
        assay = AssayToken(assay_);
        usd = TestUSD(usd_);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = handler.stakeMore.selector;
        selectors[1] = handler.thaw.selector;
        selectors[2] = handler.withdraw.selector;
        selectors[3] = handler.delegateSome.selector;
        selectors[4] = handler.undelegate.selector;
        selectors[5] = handler.withdrawDelegated.selector;
        selectors[6] = handler.addRewards.selector;
        selectors[7] = handler.claimRewards.selector;
        selectors[8] = handler.slash.selector;
        selectors[9] = handler.warp.selector;
        selectors[10] = handler.slashByAnyone.selector;
        selectors[11] = handler.pause.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev All in one campaign: each sequence of calls is as dear as its checks.
    function invariant_all() public view {
        check_holds_stakes_and_pools();
        check_thawing_is_a_part();
        check_no_slash_is_dodged_or_overpaid();
        check_shares_add_up();
        check_price_falls_only_by_slash();
        check_rewards_are_covered();
    }

    /// @dev Invariant 1: the tokens held are the own stakes and the pools.
    function check_holds_stakes_and_pools() internal view {
        uint256 owed;
        for (uint256 i = 0; i < 3; i++) {
            owed += staking.ownStake(handler.sellers(i)).tokens + staking.pool(handler.sellers(i)).tokens;
        }
        assertEq(assay.balanceOf(address(staking)), owed);
    }

    /// @dev Invariant 2: what thaws is part of the tokens, and without shares nothing thaws.
    function check_thawing_is_a_part() internal view {
        for (uint256 i = 0; i < 3; i++) {
            OwnStake memory own = staking.ownStake(handler.sellers(i));
            DelegationPool memory pool = staking.pool(handler.sellers(i));
            assertLe(own.thawingTokens, own.tokens);
            assertLe(pool.thawingTokens, pool.tokens);
            if (own.thawingShares == 0) assertEq(own.thawingTokens, 0);
            if (pool.thawingShares == 0) assertEq(pool.thawingTokens, 0);
        }
    }

    /// @dev Invariants 3 and 13: a slash takes what it should whatever thaws, and rewards no more than its part of own stake.
    function check_no_slash_is_dodged_or_overpaid() internal view {
        assertFalse(handler.dodged());
        assertFalse(handler.overpaid());
    }

    /// @dev Invariant 4: the delegators' shares are the pool's shares.
    function check_shares_add_up() internal view {
        for (uint256 i = 0; i < 3; i++) {
            uint256 shares;
            for (uint256 j = 0; j < 4; j++) {
                shares += staking.delegation(handler.sellers(i), handler.backers(j)).shares;
            }
            assertEq(shares, staking.pool(handler.sellers(i)).shares);
        }
    }

    /// @dev Invariant 11: a share's price falls by a slash alone.
    function check_price_falls_only_by_slash() internal view {
        assertFalse(handler.priceFellWithoutSlash());
    }

    /// @dev Rewards owed never exceed what is held.
    function check_rewards_are_covered() internal view {
        uint256 owed;
        for (uint256 i = 0; i < 3; i++) {
            for (uint256 j = 0; j < 4; j++) {
                owed += staking.rewardsOf(handler.sellers(i), handler.backers(j));
            }
        }
        assertLe(owed, usd.balanceOf(address(staking)));
        assertEq(usd.balanceOf(address(staking)), handler.rewardsIn() - handler.rewardsOut());
    }

    /// @dev The no-stuck rule: all leave within a thaw, with all but dust.
    function afterInvariant() public {
        handler.everyoneLeaves();
        for (uint256 i = 0; i < 3; i++) {
            assertEq(staking.ownStake(handler.sellers(i)).tokens, 0);
        }
        assertLe(assay.balanceOf(address(staking)), 100, "a wei or so for each thaw that was rounded");
    }
}
