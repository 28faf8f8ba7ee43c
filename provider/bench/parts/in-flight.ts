/** Runs `total` jobs, `width` at a time. */
export async function inFlight(
  width: number,
  total: number,
  job: () => Promise<unknown>,
): Promise<void> {
  let left = total;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await job();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
