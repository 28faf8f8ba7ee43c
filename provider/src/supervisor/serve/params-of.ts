import type { FrameMeta, JobParams } from '@assay/wire';

/** A ticket's parameters as the input root commits to them: without those that are not there. */
export function paramsOf({ params }: FrameMeta<'ticket'>): JobParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
