// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IEntry} from "../../../contracts/interfaces/IEntry.sol";
import {DisputeTest} from "../../DisputeTest.sol";

/// @notice Who acts: two payers with keys of their own, two gateways of which the second signs more than there is, six providers of which
/// the first cheats and all sit on committees, two delegators, a reporter and the cheat's accomplice.
abstract contract SystemActors is DisputeTest {
    uint256 internal constant SELLERS = 3;

    Vm.Wallet[] internal payers;
    Vm.Wallet[] internal keys;
    Vm.Wallet[] internal gateways;
    address[] internal sellers;
    address[] internal backers;
    address[] internal reporters;
    mapping(address => Vm.Wallet) internal receiptKeyOf;

    /// @notice How often something happened, so that a test can tell that everything does.
    mapping(string => uint256) public times;

    function gather() internal {
        for (uint256 i = 0; i < 2; i++) {
            payers.push(rich(string.concat("payer ", vm.toString(i))));
            keys.push(vm.createWallet(string.concat("key ", vm.toString(i))));
            gateways.push(rich(string.concat("gateway ", vm.toString(i))));
            backers.push(makeAddr(string.concat("backer ", vm.toString(i))));
        }
        sellers.push(provider.addr);
        receiptKeyOf[provider.addr] = receiptKey;
        for (uint256 i = 0; i < PEERS; i++) {
            sellers.push(peers[i]);
            receiptKeyOf[peers[i]] = vm.createWallet(string.concat("key of peer ", vm.toString(i)));
        }
        reporters.push(reporter);
        reporters.push(makeAddr("accomplice"));
        for (uint256 i = 0; i < 2; i++) {
            fundStake(reporters[i], 1e26);
            vm.prank(reporters[i]);
            assay.approve(address(disputes), type(uint256).max);
        }
    }

    function rich(string memory name) private returns (Vm.Wallet memory who) {
        who = vm.createWallet(name);
        usd.mint(who.addr, 1e9 * USD);
        vm.prank(who.addr);
        usd.approve(address(escrow), type(uint256).max);
    }

    function happened(string memory what) internal {
        times[what]++;
    }

    /// @dev The `n`th random number of an action. Actions take one seed, so that a test can drive them with any numbers.
    function dice(uint256 seed, uint256 n, uint256 faces) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, n))) % faces;
    }

    function within(uint256 seed, uint256 n, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + dice(seed, n, most - least + 1);
    }

    function anySeller(uint256 seed) internal view returns (address) {
        return sellers[dice(seed, 100, sellers.length)];
    }

    function isCheat(address who) internal view returns (bool) {
        return who == provider.addr;
    }

    function expectPaused(IEntry place) internal returns (bool paused) {
        uint64 until = place.pausedUntil();
        paused = block.timestamp < until;
        if (!paused) return false;
        vm.expectRevert(abi.encodeWithSelector(IEntry.EntryIsPaused.selector, until));
        happened("refused by a pause");
    }
}
