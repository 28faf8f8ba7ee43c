/** Runs `total` jobs in as many lanes as there are jobs, each lane its own again and again. */
export async function inFlight(
  jobs: readonly (() => Promise<unknown>)[],
  total: number,
): Promise<void> {
  let left = total;
  const lane = async (job: () => Promise<unknown>): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await job();
    }
  };
  await Promise.all(jobs.map(lane));
}
