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
const STAKE = 'unit/Staking.t.sol';
const DISPUTE = 'unit/Dispute.t.sol';
const CONFLICT = 'unit/Conflict.t.sol';
const ATTACKS = 'flow/Attacks.t.sol';
const REGISTRIES = 'unit/Registries.t.sol';
const GOVERNANCE = 'unit/Governance.t.sol';
const GATEWAY_FAILS = 'flow/GatewayFails.t.sol';
const EXIT = 'flow/ExitAfterSlash.t.sol';

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
      'tokens = (uint256(request.shares) * thawing.tokens + thawing.shares - 1) / thawing.shares;',
    tests: EXIT,
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
    name: 'a shortfall bars nobody',
    file: ESCROW,
    find: 'b.barred = true;',
    replace: '',
    tests: EARNINGS,
  },
  {
    name: 'a session without a gateway has a bond behind it',
    file: ESCROW,
    find: 'if (gateway == address(0)) return 0;',
    replace: '',
    tests: GATEWAY_FAILS,
  },
  {
    name: 'a barred gateway opens sessions',
    file: ESCROW,
    find: 'require(!barred, EscrowGatewayBarred(grant.gateway));',
    replace: 'barred;',
    tests: GATEWAY_FAILS,
  },
  {
    name: 'a bond leaves before it has thawed',
    file: ESCROW,
    find: 'require(block.timestamp >= b.withdrawableAt, EscrowTooEarly(b.withdrawableAt));',
    replace: '',
    tests: EARNINGS,
  },
  {
    name: 'anyone ends a freeze at once',
    file: ESCROW,
    find: 'require(free, EscrowStillFrozen(disputeId, freeze.until));',
    replace: 'free;',
    tests: EARNINGS,
  },
  {
    name: 'a paused escrow takes top-ups',
    file: ESCROW,
    find: 'Bounds.entryOpen(_settings.pausedUntil);\n        Session storage s',
    replace: 'Session storage s',
    tests: LIFE,
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
    find: '        if (!earnings.hasBondCredits) return amount;\n        amount += earnings.fromBonds.take();\n',
    replace: '',
    tests: EARNINGS,
  },
  {
    name: 'a conviction forgets what was frozen',
    file: ESCROW,
    find: '            amount += freeze.amount;\n            delete',
    replace: '            delete',
    tests: EARNINGS,
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
    find: 'if (age >= 2 * window) {',
    replace: 'if (age >= window) {',
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
  {
    name: 'a slasher is replaced before the longest thaw is over',
    file: STAKING,
    find: 'SLASHER_MARGIN = 1 days',
    replace: 'SLASHER_MARGIN = 0',
    tests: STAKE,
  },
  {
    name: 'the delegators’ cut falls at once',
    file: STAKING,
    find: 'cutPpm >= current ? 0 : _thawEnd()',
    replace: '0',
    tests: STAKE,
  },
  {
    name: 'more delegation counts than the ratio allows',
    file: STAKING,
    find: 'DELEGATION_RATIO = 8',
    replace: 'DELEGATION_RATIO = 9',
    tests: STAKE,
  },
  {
    name: 'a paused contract takes stake',
    file: STAKING,
    find: 'Bounds.entryOpen(pausedUntil);\n        require(tokens != 0',
    replace: 'require(tokens != 0',
    tests: STAKE,
  },
  {
    name: 'a paused contract takes delegations',
    file: STAKING,
    find: 'Bounds.entryOpen(pausedUntil);\n        uint256 minimum',
    replace: 'uint256 minimum',
    tests: STAKE,
  },
  {
    name: 'a paused registry takes offers',
    file: 'registry/ProviderRegistry.sol',
    find: 'Bounds.entryOpen(pausedUntil);\n        _onlyRegistered();',
    replace: '_onlyRegistered();',
    tests: REGISTRIES,
  },
  {
    name: 'a paused registry takes models',
    file: 'registry/ModelRegistry.sol',
    find: 'Bounds.entryOpen(pausedUntil);',
    replace: '',
    tests: REGISTRIES,
  },
  {
    name: 'the guardian never waits',
    file: 'governance/Governance.sol',
    find: 'require(block.timestamp >= nextPauseAt, GovernanceGuardianMustWait(nextPauseAt));',
    replace: '',
    tests: GOVERNANCE,
  },
  {
    name: 'a ticket is disputed twice',
    file: DISPUTES,
    find: 'require(_disputes[disputeId].status == DisputeStatus.NONE, DisputeTicketUsed(disputeId));',
    replace: '',
    tests: DISPUTE,
  },
  {
    name: 'a ticket is proven twice',
    file: DISPUTES,
    find: 'require(!proven[id], DisputeTicketUsed(id));',
    replace: '',
    tests: CONFLICT,
  },
  {
    name: 'evidence never ages',
    file: DISPUTES,
    find: 'require(block.timestamp <= expiry, DisputeEvidenceTooOld(expiry));',
    replace: 'expiry;',
    tests: CONFLICT,
  },
  {
    name: 'a receipt of another model is judged',
    file: DISPUTES,
    find: 'require(ticket.offerId == offerId, DisputeWrongOffer(offerId, ticket.offerId));',
    replace: 'offerId;',
    tests: DISPUTE,
  },
  {
    name: 'a minority of the committee convicts',
    file: COMMITTEE,
    find: 'available * 2 <= ballots.length',
    replace: 'available == 0',
    tests: DISPUTE,
  },
  {
    name: 'an expired offer is live',
    file: 'registry/ProviderRegistry.sol',
    find: 'offer.validUntil > block.timestamp && offer.execClass == execClass',
    replace: 'offer.validUntil != 0 && offer.execClass == execClass',
    tests: REGISTRIES,
  },
  {
    name: 'an offer is born expired',
    file: 'registry/ProviderRegistry.sol',
    find: 'require(validUntil > block.timestamp, ProviderOfferExpired(validUntil));',
    replace: '',
    tests: REGISTRIES,
  },
  {
    name: 'an expired offer sits on committees',
    file: COMMITTEE,
    find: 'if (!PROVIDERS.isLive(candidate, jury.modelId, jury.execClass)) return 0;',
    replace: '',
    tests: 'unit/Committee.t.sol',
  },
];
