import type { JobsConfig } from './jobs-config.ts';
import type { JobsMarket } from './jobs-market.ts';

export async function createJobsMarket(config: JobsConfig): Promise<JobsMarket> {
  throw new Error(`the job market of ${config.publicUrl} is being built`);
}
