// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ISessionEscrow} from "../../contracts/interfaces/ISessionEscrow.sol";
import {Grant} from "../../contracts/libraries/Signed.sol";

/// @notice Keeps one percent of every transfer.
contract FeeToken is ERC20("Fee", "FEE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        bool moves = from != address(0) && to != address(0);
        super._update(from, to, moves ? value - value / 100 : value);
        if (moves) super._update(from, address(0xFEE), value / 100);
    }
}

/// @notice Refuses transfers to and from listed accounts.
contract BlacklistToken is ERC20("Blacklist", "BLK") {
    error Blacklisted(address account);

    mapping(address => bool) public listed;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function list(address account, bool yes) external {
        listed[account] = yes;
    }

    function _update(address from, address to, uint256 value) internal override {
        require(!listed[from], Blacklisted(from));
        require(!listed[to], Blacklisted(to));
        super._update(from, to, value);
    }
}

/// @notice Calls back into the escrow in the middle of a transfer, with whatever call it was given.
contract ReentrantToken is ERC20("Reentrant", "RE") {
    address private _target;
    bytes private _call;
    bool public entered;
    bool public succeeded;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(address target, bytes calldata call_) external {
        _target = target;
        _call = call_;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (_target != address(0) && !entered) {
            entered = true;
            (succeeded,) = _target.call(_call);
        }
        super._update(from, to, value);
    }
}

/// @notice A payer that is a contract and opens a session inside another one's opening.
contract NestingPayer {
    function approve(ERC20 token, address spender) external {
        token.approve(spender, type(uint256).max);
    }

    function open(ISessionEscrow escrow, Grant calldata grant, uint256 deposit) external {
        escrow.openWithApproval(grant, deposit);
    }
}
