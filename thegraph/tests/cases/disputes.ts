import {
  ascii,
  EXEC_CLASS,
  KEY,
  MODEL,
  NEXT_MODEL,
  OTHER_PROVIDER,
  PROTOCOL,
  PROVIDER,
  RECEIPTS,
  REPORTER,
  SESSION,
  TICKET,
} from '../actors.ts';
import { emit, mappingCase, secondOf, type Value } from '../mapping-case.ts';

const protocol = (fields: string) => `protocol(id: "${PROTOCOL}") { ${fields} }`;
const provider = (fields: string) => `provider(id: "${PROVIDER}") { ${fields} }`;
const dispute = (fields: string) => `dispute(id: "${TICKET}") { ${fields} }`;
const LATER = secondOf(100);
const FINGERPRINT = [-5, 0, 2_147_483_647, -2_147_483_648, ...Array<number>(12).fill(9)];

const dm = (name: string, params: Record<string, Value>) => emit('DisputeManager', name, params);
const opened = dm('DisputeOpened', {
  ...{
    disputeId: TICKET,
    provider: PROVIDER,
    reporter: REPORTER,
    modelId: MODEL,
    execClass: EXEC_CLASS,
  },
  ...{ receipt: RECEIPTS, inputRoot: SESSION, slashTokens: 100, frozen: 50 },
  ...{ commitEnds: LATER, revealEnds: LATER + 60 },
});
const resolved = (status: number, slashed = 0) =>
  dm('DisputeResolved', {
    ...{
      disputeId: TICKET,
      provider: PROVIDER,
      reporter: REPORTER,
      status,
      reveals: 2,
      agreeing: 2,
    },
    ...{ slashed, forfeited: slashed, bondReturned: 7, bondBurned: 3 },
  });
const slash = (reason: string) =>
  emit('Staking', 'Slashed', {
    ...{ provider: PROVIDER, beneficiary: REPORTER, evidence: TICKET, reason: ascii(reason) },
    ...{
      own: 90,
      delegated: 10,
      reward: 20,
      ownTokens: 0,
      ownThawing: 0,
      poolTokens: 0,
      poolThawing: 0,
    },
  });
const conflict = dm('ConflictProven', {
  ...{
    provider: PROVIDER,
    reporter: REPORTER,
    ticket: TICKET,
    receiptA: RECEIPTS,
    receiptB: SESSION,
  },
  ...{ slashed: 100, forfeited: 5 },
});
const drawn = dm('JurorDrawn', { disputeId: TICKET, juror: OTHER_PROVIDER });

export const cases = [
  mappingCase(
    'a committee finds a provider guilty',
    [
      [drawn, opened],
      dm('FingerprintCommitted', { disputeId: TICKET, juror: OTHER_PROVIDER }),
      dm('FingerprintRevealed', {
        disputeId: TICKET,
        juror: OTHER_PROVIDER,
        available: true,
        fingerprint: FINGERPRINT,
      }),
      dm('DisputeAnswered', { disputeId: TICKET, by: PROVIDER, fingerprint: FINGERPRINT }),
      [slash('wrong-output'), resolved(2, 100)],
    ],
    [
      dispute(
        'kind ticket provider { id } reporter modelId model { id } execClass receipt inputRoot status slashTokens frozen slashed forfeited bondReturned bondBurned',
      ),
      {
        kind: 'committee',
        ticket: TICKET,
        provider: { id: PROVIDER },
        reporter: REPORTER,
        modelId: MODEL,
        model: null,
        execClass: EXEC_CLASS,
        receipt: RECEIPTS,
        inputRoot: SESSION,
        status: 'GUILTY',
        slashTokens: 100,
        frozen: 50,
        slashed: 100,
        forfeited: 100,
        bondReturned: 7,
        bondBurned: 3,
      },
    ],
    [
      dispute('reveals agreeing openedAt commitEnds revealEnds resolvedAt answeredBy fingerprint'),
      {
        reveals: 2,
        agreeing: 2,
        openedAt: secondOf(0),
        commitEnds: LATER,
        revealEnds: LATER + 60,
        resolvedAt: secondOf(4),
        answeredBy: PROVIDER,
        fingerprint: FINGERPRINT,
      },
    ],
    [
      dispute(
        'jurors { juror { id } status available fingerprint } slashes { reason own delegated }',
      ),
      {
        jurors: [
          {
            juror: { id: OTHER_PROVIDER },
            status: 'REVEALED',
            available: true,
            fingerprint: FINGERPRINT,
          },
        ],
        slashes: [{ reason: 'wrong-output', own: 90, delegated: 10 }],
      },
    ],
    [protocol('disputes openDisputes'), { disputes: 1, openDisputes: 0 }],
    [provider('openDisputes slashCount'), { openDisputes: 0, slashCount: 1 }],
  ),
  mappingCase(
    'an open dispute counts until it is resolved, and once',
    [[drawn, opened], opened],
    [protocol('disputes openDisputes'), { disputes: 1, openDisputes: 1 }],
    [provider('openDisputes'), { openDisputes: 1 }],
    ['jurorVotes { status available }', [{ status: 'DRAWN', available: null }]],
  ),
  mappingCase(
    'a draw and an acquittal cost no stake',
    [opened, resolved(4)],
    [dispute('status slashed'), { status: 'DRAWN', slashed: 0 }],
    [protocol('openDisputes slashedOwn'), { openDisputes: 0, slashedOwn: 0 }],
  ),
  mappingCase(
    'a conflict may be proven while a committee sits on the same ticket',
    [opened, [slash('conflict'), conflict]],
    [
      'disputes(orderBy: kind) { id kind status receipt otherReceipt slashed forfeited slashes { reason } }',
      [
        {
          id: TICKET,
          kind: 'committee',
          status: 'OPEN',
          receipt: RECEIPTS,
          otherReceipt: null,
          slashed: 0,
          forfeited: 0,
          slashes: [],
        },
        {
          id: `${TICKET}01`,
          kind: 'conflict',
          status: 'GUILTY',
          receipt: RECEIPTS,
          otherReceipt: SESSION,
          slashed: 100,
          forfeited: 5,
          slashes: [{ reason: 'conflict' }],
        },
      ],
    ],
    [protocol('disputes openDisputes'), { disputes: 2, openDisputes: 1 }],
  ),
  mappingCase(
    'a fraud proof ends a case at once',
    [
      [
        slash('fraud-proof'),
        dm('FraudProven', {
          provider: PROVIDER,
          reporter: REPORTER,
          ticket: TICKET,
          slashed: 100,
          forfeited: 1,
        }),
      ],
    ],
    [
      'disputes { id kind status slashed resolvedAt slashes { reason } }',
      [
        {
          id: `${TICKET}02`,
          kind: 'fraud-proof',
          status: 'GUILTY',
          slashed: 100,
          resolvedAt: secondOf(0),
          slashes: [{ reason: 'fraud-proof' }],
        },
      ],
    ],
    [protocol('disputes openDisputes'), { disputes: 1, openDisputes: 0 }],
  ),
  mappingCase(
    'two reporters may hide the same commitment; one expires',
    [
      dm('DisputeCommitted', { commitment: RECEIPTS, reporter: REPORTER, bond: 9, blockNumber: 0 }),
      dm('DisputeCommitted', { commitment: RECEIPTS, reporter: KEY, bond: 9, blockNumber: 1 }),
      dm('DisputeCommitmentExpired', { commitment: RECEIPTS, reporter: REPORTER, bond: 9 }),
      dm('DisputeCommitmentExpired', { commitment: NEXT_MODEL, reporter: REPORTER, bond: 9 }),
    ],
    [
      'disputeCommitments { commitment reporter bond block expired }',
      [
        { commitment: RECEIPTS, reporter: REPORTER, bond: 9, block: 0, expired: true },
        { commitment: RECEIPTS, reporter: KEY, bond: 9, block: 1, expired: false },
      ],
    ],
  ),
  mappingCase(
    'payouts add up and are withdrawn',
    [
      dm('PayoutAdded', { account: REPORTER, disputeId: TICKET, amount: 4 }),
      dm('PayoutAdded', { account: REPORTER, disputeId: TICKET, amount: 5 }),
      dm('PayoutWithdrawn', { account: REPORTER, amount: 9 }),
    ],
    ['payoutAccounts { id added withdrawn }', [{ id: REPORTER, added: 9, withdrawn: 9 }]],
  ),
  mappingCase(
    'the verifier, the randomness and parameters are set',
    [
      dm('FraudVerifierSet', { verifier: KEY }),
      dm('RandomnessSet', { randomness: REPORTER }),
      dm('ParameterSet', { name: ascii('committeeSize'), value: 5 }),
    ],
    [
      'parameters { name value account }',
      [
        { name: 'fraudVerifier', value: 0, account: KEY },
        { name: 'randomness', value: 0, account: REPORTER },
        { name: 'committeeSize', value: 5, account: null },
      ],
    ],
  ),
  mappingCase(
    'news of an unknown dispute breaks nothing',
    [dm('DisputeAnswered', { disputeId: TICKET, by: KEY, fingerprint: FINGERPRINT }), resolved(9)],
    ['disputes { id }', []],
  ),
];
