// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestUSD} from "../../contracts/tokens/TestUSD.sol";

/// @notice A payment token that is itself payer, gateway and delegator, and acts once more in the middle of a transfer, before
/// or after it moved the balances.
contract ReentrantUSD is TestUSD {
    address private _target;
    bytes private _call;
    bool private _early;
    bool public entered;
    bool public succeeded;

    function act(address target, bytes memory call_) external returns (bool ok) {
        (ok,) = target.call(call_);
    }

    function arm(address target, bytes calldata call_, bool early) external {
        (_target, _call, _early) = (target, call_, early);
        (entered, succeeded) = (false, false);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (_early) _enter();
        super._update(from, to, value);
        _enter();
    }

    function _enter() private {
        if (_target == address(0) || entered) return;
        entered = true;
        (succeeded,) = _target.call(_call);
    }
}
