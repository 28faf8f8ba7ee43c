// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC3009} from "../interfaces/IERC3009.sol";
import {ITestUSD} from "../interfaces/ITestUSD.sol";

/// @title TestUSD
/// @notice See {ITestUSD}, which documents every function.
contract TestUSD is ERC20, ERC20Permit, ITestUSD {
    bytes32 private constant TRANSFER_TYPE = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE_TYPE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL_TYPE = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    /// @inheritdoc IERC3009
    mapping(address authorizer => mapping(bytes32 nonce => bool used)) public authorizationState;

    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    constructor() ERC20("Test USD", "tUSD") ERC20Permit("Test USD") {}

    /// @inheritdoc ITestUSD
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc IERC3009
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        Authorization memory a = Authorization(from, to, value, validAfter, validBefore, nonce);
        require(ECDSA.recover(_digest(TRANSFER_TYPE, a), v, r, s) == from, TestUSDBadSignature(from));
        _move(a);
    }

    /// @inheritdoc IERC3009
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        Authorization memory a = Authorization(from, to, value, validAfter, validBefore, nonce);
        _checkSignature(from, _digest(TRANSFER_TYPE, a), signature);
        _move(a);
    }

    /// @inheritdoc IERC3009
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        require(msg.sender == to, TestUSDCallerNotPayee(msg.sender, to));
        Authorization memory a = Authorization(from, to, value, validAfter, validBefore, nonce);
        require(ECDSA.recover(_digest(RECEIVE_TYPE, a), v, r, s) == from, TestUSDBadSignature(from));
        _move(a);
    }

    /// @inheritdoc IERC3009
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        require(msg.sender == to, TestUSDCallerNotPayee(msg.sender, to));
        Authorization memory a = Authorization(from, to, value, validAfter, validBefore, nonce);
        _checkSignature(from, _digest(RECEIVE_TYPE, a), signature);
        _move(a);
    }

    /// @inheritdoc IERC3009
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external {
        _cancel(authorizer, nonce, abi.encodePacked(r, s, v));
    }

    /// @inheritdoc IERC3009
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external {
        _cancel(authorizer, nonce, signature);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _move(Authorization memory a) private {
        require(block.timestamp > a.validAfter, TestUSDAuthorizationNotYetValid(a.validAfter));
        require(block.timestamp < a.validBefore, TestUSDAuthorizationExpired(a.validBefore));
        _use(a.from, a.nonce);
        emit AuthorizationUsed(a.from, a.nonce);
        _transfer(a.from, a.to, a.value);
    }

    function _cancel(address authorizer, bytes32 nonce, bytes memory signature) private {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPE, authorizer, nonce)));
        _checkSignature(authorizer, digest, signature);
        _use(authorizer, nonce);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    function _use(address authorizer, bytes32 nonce) private {
        mapping(bytes32 => bool) storage used = authorizationState[authorizer];
        require(!used[nonce], TestUSDAuthorizationUsed(authorizer, nonce));
        used[nonce] = true;
    }

    function _digest(bytes32 typeHash, Authorization memory a) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(typeHash, a)));
    }

    /// @dev Contracts may answer for themselves (ERC-1271) in the functions that take a signature as bytes.
    function _checkSignature(address signer, bytes32 digest, bytes memory signature) private view {
        bool valid = SignatureChecker.isValidSignatureNow(signer, digest, signature);
        require(valid, TestUSDBadSignature(signer));
    }
}
