import { KEY, MODEL, PROVIDER, RECEIPTS, REPORTER, TICKET, ZERO_WORD } from '../actors.ts';
import { emit, mappingCase, secondOf, type Value } from '../mapping-case.ts';

const timelock = (name: string, params: Record<string, Value>) => emit('Timelock', name, params);
const scheduled = (id: string, index: number) =>
  timelock('CallScheduled', {
    id,
    index,
    target: KEY,
    value: 0,
    data: '0x1234',
    predecessor: ZERO_WORD,
    delay: 100,
  });

export const cases = [
  mappingCase(
    'an operation is scheduled, executed or cancelled',
    [
      [
        scheduled(TICKET, 0),
        scheduled(TICKET, 1),
        timelock('CallSalt', { id: TICKET, salt: RECEIPTS }),
      ],
      scheduled(MODEL, 0),
      timelock('Cancelled', { id: MODEL }),
      [0, 1].map((index) =>
        timelock('CallExecuted', { id: TICKET, index, target: KEY, value: 0, data: '0x1234' }),
      ),
    ],
    [
      'operations { id status salt predecessor scheduledAt readyAt calls(orderBy: index) { index target data executedAt } }',
      [
        {
          id: TICKET,
          status: 'EXECUTED',
          salt: RECEIPTS,
          predecessor: ZERO_WORD,
          scheduledAt: secondOf(0),
          readyAt: secondOf(0) + 100,
          calls: [0, 1].map((index) => ({
            index,
            target: KEY,
            data: '0x1234',
            executedAt: secondOf(3),
          })),
        },
        {
          id: MODEL,
          status: 'CANCELLED',
          salt: null,
          predecessor: ZERO_WORD,
          scheduledAt: secondOf(1),
          readyAt: secondOf(1) + 100,
          calls: [{ index: 0, target: KEY, data: '0x1234', executedAt: null }],
        },
      ],
    ],
  ),
  mappingCase(
    'news of an unknown operation breaks nothing',
    [
      timelock('CallSalt', { id: TICKET, salt: RECEIPTS }),
      timelock('Cancelled', { id: TICKET }),
      timelock('CallExecuted', { id: TICKET, index: 0, target: KEY, value: 0, data: '0x' }),
    ],
    ['operations { id }', []],
  ),
  mappingCase(
    'the guardian, its pauses, the delay and the roles',
    [
      timelock('GuardianSet', { guardian: KEY }),
      timelock('GuardianPaused', { guardian: KEY, until: 77, targets: [PROVIDER, REPORTER] }),
      timelock('MinDelayChange', { oldDuration: 1, newDuration: 2 }),
      timelock('RoleAdminChanged', {
        role: TICKET,
        previousAdminRole: ZERO_WORD,
        newAdminRole: MODEL,
      }),
      timelock('RoleGranted', { role: TICKET, account: KEY, sender: REPORTER }),
      timelock('RoleGranted', { role: TICKET, account: REPORTER, sender: REPORTER }),
      timelock('RoleRevoked', { role: TICKET, account: KEY, sender: REPORTER }),
    ],
    [
      'parameters { name value account }',
      [
        { name: 'guardian', value: 0, account: KEY },
        { name: 'guardianPauseUntil', value: 77, account: null },
        { name: 'minDelay', value: 2, account: null },
      ],
    ],
    [
      'roleMembers { role account granted }',
      [
        { role: TICKET, account: KEY, granted: false },
        { role: TICKET, account: REPORTER, granted: true },
      ],
    ],
  ),
];
