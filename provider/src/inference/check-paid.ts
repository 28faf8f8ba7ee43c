import { InferenceFault } from './inference-fault.ts';
import type { TaskJob } from './task.ts';

/** Before anything is computed: an input that costs more than was paid for is refused, and costs nothing. Throws P303. */
export function checkPaid({ maxUnits }: Pick<TaskJob, 'maxUnits'>, units: number): void {
  if (maxUnits === undefined || units <= maxUnits) return;
  throw new InferenceFault('P303', {
    details: { reason: 'the input is longer than what was paid for', units, paidUnits: maxUnits },
    hint: 'Send a shorter input, or allow a higher price.',
  });
}
