import type { JobEvent } from '@assay/wire';
import { toTensorType } from './tensor-type.ts';

/** An event as the schema has it. */
export function toEventType(event: JobEvent): object {
  if (event.kind === 'JobCompleted') return { ...event, cutShort: event.cutShort === true };
  if (event.kind !== 'JobOutput' || event.tensors === undefined) return event;
  return { ...event, tensors: event.tensors.map(toTensorType) };
}
