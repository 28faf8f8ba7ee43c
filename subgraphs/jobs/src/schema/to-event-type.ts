import type { JobEvent } from '@assay/wire';
import { toTensorType } from './tensor-type.ts';

/** An event as the schema has it; only tensors look different. */
export function toEventType(event: JobEvent): object {
  if (event.kind !== 'JobOutput' || event.tensors === undefined) return event;
  return { ...event, tensors: event.tensors.map(toTensorType) };
}
