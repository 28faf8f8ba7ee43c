import { expect, test } from 'vitest';
import { eventsOf } from './events-of.ts';

test('finds every event, sorted, with enums as the ABI has them', () => {
  const source = `
    enum Verdict { GUILTY, CLEARED }
    /// event Commented(uint256 a);
    /* event Hidden(uint256 b); */
    interface I {
      event Moved(
        bytes32 indexed id, // which
        address indexed by,
        Verdict verdict,
        int32[16] lanes
      );
      event Emptied();
      error Refused(uint256 c);
    }`;

  const events = eventsOf([source]).map(({ name, inputs }) => [
    name,
    ...(inputs ?? []).map(
      (input) => `${input.type}${input.indexed ? ' indexed' : ''} ${input.name}`,
    ),
  ]);

  expect(events).toEqual([
    ['Emptied'],
    ['Moved', 'bytes32 indexed id', 'address indexed by', 'uint8 verdict', 'int32[16] lanes'],
  ]);
});

test('refuses a type that is neither known to the ABI nor an enum', () => {
  expect(() => eventsOf(['event Moved(Unknown what);'])).toThrow(/Unknown/);
});
