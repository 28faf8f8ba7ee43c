/** One deliberate mistake. `find` stands exactly once in `file`; `tests` are those that must notice. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: string;
}

const ESCROW = 'escrow/SessionEscrow.sol';
const STAKING = 'staking/Staking.sol';
const THAW = 'staking/Thaw.sol';
const DISPUTES = 'disputes/DisputeManager.sol';
const COMMITTEE = 'disputes/Committee.sol';
const CLAIM = 'unit/SessionClaim.t.sol';
const LIFE = 'unit/SessionLife.t.sol';
const EARNINGS = 'unit/Earnings.t.sol';
const FREEZE = 'unit/Freeze.t.sol';
const STAKE = 'unit/Staking.t.sol';
const GOVERNANCE = 'unit/Governance.t.sol';
const DISPUTE = 'unit/Dispute.t.sol';
const CONFLICT = 'unit/Conflict.t.sol';
const ATTACKS = 'flow/Attacks.t.sol';
const REENTRANCY = 'flow/Reentrancy.t.sol';
const REGISTRIES = 'unit/Registries.t.sol';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a slash skips what thaws',
    file: STAKING,
    find: '        own.thawing.slash(slashed, own.tokens);\n',
    replace: '',
    tests: STAKE,
  },
  {
    name: 'a slash skips what thaws in the pool',
    file: STAKING,
    find: '        p.thawing.slash(slashed, p.tokens);\n',
    replace: '',
    tests: STAKE,
  },
  {
    name: 'the pool may be slashed whole',
    file: STAKING,
    find: 'MAX_POOL_SLASH_PPM = 50_000',
    replace: 'MAX_POOL_SLASH_PPM = 1_000_000',
    tests: STAKE,
  },
  {
    name: 'shares round in favour of who comes',
    file: STAKING,
    find: 'shares = tokens * (uint256(p.shares) + 1) / (_activePool(p) + 1);',
    replace: 'shares = tokens * (uint256(p.shares) + 1) / (_activePool(p) + 1) + 1;',
    tests: STAKE,
  },
  {
    name: 'thawing shares go on earning',
    file: STAKING,
    find: '        d.shares -= uint128(shares);\n        p.shares -= uint128(shares);\n',
    replace: '        p.shares -= uint128(shares);\n',
    tests: STAKE,
  },
  {
    name: 'the reward counts the pool too',
    file: STAKING,
    find: 'Bounds.ppmRoundedDown(own, rewardPpm)',
    replace: 'Bounds.ppmRoundedDown(own + delegated, rewardPpm)',
    tests: STAKE,
  },
  {
    name: 'a wiped-out request still pays',
    file: THAW,
    find: '        if (request.nonce != thawing.nonce) return (due, requestId, 0);\n',
    replace: '',
    tests: STAKE,
  },
  {
    name: 'thawed tokens round up',
    file: THAW,
    find: 'tokens = uint256(request.shares) * thawing.tokens / thawing.shares;',
    replace:
      'tokens = (uint256(request.shares) * thawing.tokens + thawing.shares - 1) / thawing.shares + 1;',
    tests: STAKE,
  },
  {
    name: 'the thaw is one second short',
    file: THAW,
    find: 'if (block.timestamp < request.withdrawableAt)',
    replace: 'if (block.timestamp + 1 < request.withdrawableAt)',
    tests: STAKE,
  },
  {
    name: 'anyone may slash',
    file: STAKING,
    find: '        require(msg.sender == slasher, StakingNotSlasher(msg.sender));\n',
    replace: '',
    tests: STAKE,
  },
  {
    name: 'the domain forgets the chain',
    file: 'libraries/Digests.sol',
    find: 'keccak256("1"), block.chainid, verifyingContract',
    replace: 'keccak256("1"), uint256(31_337), verifyingContract',
    tests: 'unit/Vectors.t.sol',
  },
  {
    name: 'the cached domain outlives a fork',
    file: ESCROW,
    find: 'block.chainid == DOMAIN_CHAIN ? DOMAIN : Digests.domain(address(this))',
    replace: 'DOMAIN',
    tests: ATTACKS,
  },
  {
    name: 'an overdraft reverts instead of paying what is there',
    file: ESCROW,
    find: 'payment.fromSession = Bounds.min(owed, s.balance);',
    replace: 'require(owed <= s.balance);\n        payment.fromSession = owed;',
    tests: CLAIM,
  },
  {
    name: 'a bad voucher reverts the batch',
    file: ESCROW,
    find: 'return (false, SkipReason.BAD_VOUCHER);',
    replace: 'revert();',
    tests: CLAIM,
  },
  {
    name: 'the guarantee is not checked',
    file: ESCROW,
    find: 'if (gateway == address(0)) return true;',
    replace: 'if (gateway != address(1)) return true;',
    tests: CLAIM,
  },
  {
    name: 'the whole amount is paid each time',
    file: ESCROW,
    find: 'uint256 owed = entry.cumulative - before;',
    replace: 'uint256 owed = entry.cumulative;',
    tests: CLAIM,
  },
  {
    name: 'claims reach into withdrawn sessions',
    file: ESCROW,
    find: 'if (s.state == SessionState.WITHDRAWN) return (false, SkipReason.SESSION_WITHDRAWN);\n',
    replace: '\n',
    tests: ATTACKS,
  },
  {
    name: 'the bond serves sessions without a gateway',
    file: ESCROW,
    find: '            b.barred = true;\n',
    replace: '',
    tests: EARNINGS,
  },
  {
    name: 'credits from a bond mature like earnings',
    file: ESCROW,
    find: 'settings.bondThaw > settings.earningsWindow ? settings.bondThaw : settings.earningsWindow',
    replace: 'settings.earningsWindow',
    tests: EARNINGS,
  },
  {
    name: 'a freeze forgets the bond credits',
    file: ESCROW,
    find: 'if (earnings.hasBondCredits) amount += earnings.fromBonds.unmatured();',
    replace: '',
    tests: FREEZE,
  },
  {
    name: 'a conviction forgets what a freeze holds',
    file: ESCROW,
    find: 'if (earnings.frozenUntil != 0) amount += earnings.held;',
    replace: '',
    tests: FREEZE,
  },
  {
    name: 'what a freeze held is forgotten when it ends',
    file: ESCROW,
    find: 'matured += earnings.held;',
    replace: '',
    tests: FREEZE,
  },
  {
    name: 'a later dispute lengthens a freeze',
    file: ESCROW,
    find: 'if (earnings.frozenUntil == 0) earnings.frozenUntil = uint40(until);',
    replace: 'earnings.frozenUntil = uint40(until);',
    tests: FREEZE,
  },
  {
    name: 'the first release ends a freeze',
    file: ESCROW,
    find: 'if (earnings.freezes == 0) earnings.frozenUntil',
    replace: 'earnings.frozenUntil',
    tests: FREEZE,
  },
  {
    name: 'a release ends a freeze that began later',
    file: ESCROW,
    find: 'if (earnings.frozenUntil == freeze.until) {',
    replace: 'if (earnings.frozenUntil >= freeze.until) {',
    tests: FREEZE,
  },
  {
    name: 'a freeze begins before what is due has matured',
    file: ESCROW,
    find: '        _keepMatured(provider, earnings);\n\n        if (earnings.frozenUntil == 0)',
    replace: '        if (earnings.frozenUntil == 0)',
    tests: FREEZE,
  },
  {
    name: 'a late close delays the expiry',
    file: ESCROW,
    find: 'due = uint64(Bounds.min(due, s.withdrawableAt));',
    replace: 'due = s.withdrawableAt;',
    tests: LIFE,
  },
  {
    name: 'the salt takes the place of the computed nonce',
    file: ESCROW,
    find: 'bytes32 nonce = topUpDigest(sessionId, salt);',
    replace: 'bytes32 nonce = salt;',
    tests: ATTACKS,
  },
  {
    name: 'anyone may open from an approval',
    file: ESCROW,
    find: '        require(msg.sender == grant.payer, EscrowNotPayer(msg.sender, grant.payer));\n',
    replace: '',
    tests: LIFE,
  },
  {
    name: 'what arrives is not counted',
    file: ESCROW,
    find: 'require(holds == held + expected,',
    replace: 'require(holds >= held,',
    tests: ATTACKS,
  },
  {
    name: 'earnings mature a window early',
    file: 'escrow/MaturingEarnings.sol',
    find: 'age >= 2 * uint256(next.window)',
    replace: 'age >= next.window',
    tests: EARNINGS,
  },
  {
    name: 'nobody may be the slasher',
    file: STAKING,
    find: '        require(next.code.length != 0, StakingSlasherWithoutCode(next));\n',
    replace: '        if (next == address(0)) return;\n',
    tests: STAKE,
  },
  {
    name: 'the delay has no floor',
    file: 'governance/Governance.sol',
    find: '        require(next >= LEAST_DELAY, GovernanceDelayTooShort(next, LEAST_DELAY));\n',
    replace: '',
    tests: GOVERNANCE,
  },
  {
    name: 'a guardian shortens a pause',
    file: 'governance/Governance.sol',
    find: 'if (targets[i].pausedUntil() < until) ',
    replace: '',
    tests: GOVERNANCE,
  },
  {
    name: 'fees are paid before they are written off',
    file: ESCROW,
    find: '        fees[account] = 0;\n        emit FeesWithdrawn(account, uint128(amount));\n\n        TOKEN.safeTransfer(account, amount);\n',
    replace: '        TOKEN.safeTransfer(account, amount);\n        fees[account] = 0;\n',
    tests: REENTRANCY,
  },
  {
    name: 'rewards are paid before they are written off',
    file: STAKING,
    find: '        d.rewards = 0;\n        emit RewardsClaimed(provider, msg.sender, amount);\n\n        PAYMENT_TOKEN.safeTransfer(msg.sender, amount);\n',
    replace: '        PAYMENT_TOKEN.safeTransfer(msg.sender, amount);\n        d.rewards = 0;\n',
    tests: REENTRANCY,
  },
  {
    name: 'another window moves what waits',
    file: 'escrow/MaturingEarnings.sol',
    find: 'Bounds.min(due - window, block.timestamp)',
    replace: 'Bounds.min(due - maturing.window, block.timestamp)',
    tests: EARNINGS,
  },
  {
    name: 'one receipt is a conflict with itself',
    file: DISPUTES,
    find: '        require(digestA != digestB, DisputeSameReceipt(digestA));\n',
    replace: '',
    tests: ATTACKS,
  },
  {
    name: 'receipts of two tickets conflict',
    file: DISPUTES,
    find: '        require(receiptB.ticket == id, DisputeTicketMismatch(id, receiptB.ticket));\n',
    replace: '',
    tests: ATTACKS,
  },
  {
    name: 'no cooldown between conflicts',
    file: DISPUTES,
    find: '        lastConflictAt[provider] = uint64(block.timestamp);\n',
    replace: '',
    tests: CONFLICT,
  },
  {
    name: 'opening forgets to freeze',
    file: DISPUTES,
    find: 'uint256 frozen = ESCROW.freezeEarnings(d.provider, disputeId, until);',
    replace: 'uint256 frozen = 0; until;',
    tests: DISPUTE,
  },
  {
    name: 'a lapsed commitment gets its bond back',
    file: DISPUTES,
    find: '        STAKE_TOKEN.burn(c.bond);\n',
    replace: '        STAKE_TOKEN.safeTransfer(reporter, c.bond);\n',
    tests: DISPUTE,
  },
  {
    name: 'a fingerprint may be copied',
    file: DISPUTES,
    find: 'keccak256(abi.encode(disputeId, msg.sender, available, fingerprint, salt))',
    replace:
      'keccak256(abi.encode(disputeId, _jurors[disputeId][0], available, fingerprint, salt))',
    tests: ATTACKS,
  },
  {
    name: 'half of the jurors convict',
    file: COMMITTEE,
    find: 'winners * 3 < (available + unavailable) * 2',
    replace: 'winners * 3 < (available + unavailable)',
    tests: DISPUTE,
  },
  {
    name: 'the accused may judge itself',
    file: COMMITTEE,
    find: '        if (candidate == jury.accused || candidate == jury.reporter) return 0;\n',
    replace: '',
    tests: DISPUTE,
  },
  {
    name: 'one tolerance convicts',
    file: 'disputes/Verdict.sol',
    find: 'WRONG_FACTOR = 3',
    replace: 'WRONG_FACTOR = 1',
    tests: DISPUTE,
  },
  {
    name: 'a key may change hands',
    file: 'registry/ProviderRegistry.sol',
    find: '        require(ownerOfKey[key] == address(0), ProviderKeyTaken(key, ownerOfKey[key]));\n',
    replace: '',
    tests: REGISTRIES,
  },
  {
    name: 'a royalty rises at once',
    file: 'registry/ModelRegistry.sol',
    find: 'bool lowers = royaltyPpm <= currentPpm;',
    replace: 'bool lowers = true; currentPpm;',
    tests: REGISTRIES,
  },
];
