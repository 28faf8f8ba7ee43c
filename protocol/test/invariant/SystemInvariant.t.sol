// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {SystemHandler} from "./system/SystemHandler.sol";

/// @notice The real contracts together: what one of them does to another is seen here and nowhere else.
contract SystemInvariantTest is Test {
    uint256 private constant RUNS = 64;
    uint256 private constant DEPTH = 64;
    SystemHandler internal handler;

    function setUp() public {
        handler = new SystemHandler();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), handler.actions()));
    }

    /// @dev All in one campaign: each sequence of calls is as dear as its checks.
    function invariant_all() public view {
        handler.check();
    }

    /// @dev The no-stuck rule over all contracts.
    function afterInvariant() public {
        handler.everyoneLeaves();
    }

    /// @dev An invariant that never meets a verdict proves nothing: as many calls with a fixed seed lead everywhere.
    function test_the_handler_reaches_everything() public {
        vm.pauseGasMetering();
        string[25] memory names = places();
        uint256[25] memory total;
        uint256 start = vm.snapshotState();
        for (uint256 run = 0; run < RUNS; run++) {
            oneRun(run);
            for (uint256 i = 0; i < names.length; i++) {
                total[i] += handler.times(names[i]);
            }
            vm.revertToState(start);
        }
        for (uint256 i = 0; i < names.length; i++) {
            emit log_named_uint(names[i], total[i]);
            assertGt(total[i], 0, names[i]);
        }
    }

    function oneRun(uint256 run) private {
        bytes4[] memory actions = handler.actions();
        for (uint256 i = 0; i < DEPTH; i++) {
            uint256 seed = uint256(keccak256(abi.encode("system", run, i)));
            (bool ok, bytes memory why) =
                address(handler).call(abi.encodeWithSelector(actions[seed % actions.length], seed));
            if (!ok) bubble(why);
        }
        handler.check();
        handler.everyoneLeaves();
    }

    function places() private pure returns (string[25] memory) {
        return [
            "guilty",
            "cleared",
            "drawn",
            "conflict proven",
            "slash",
            "earnings forfeited",
            "held earnings forfeited",
            "shortfall",
            "bond paid",
            "bond withdrawn",
            "freeze expired",
            "several disputes at once",
            "wiped-out thaw",
            "dispute opened",
            "commitment expired",
            "payout withdrawn",
            "earnings withdrawn",
            "earnings shared",
            "rewards claimed",
            "session withdrawn",
            "withdrawn session claimed",
            "entry paid",
            "entry skipped",
            "refused by a pause",
            "slasher replaced"
        ];
    }

    function bubble(bytes memory why) private pure {
        assembly ("memory-safe") {
            revert(add(why, 32), mload(why))
        }
    }
}
