/** Spreads children over the GPUs of the config. */
export interface DeviceSpread {
  /** The device with the fewest children, or undefined where the config names none. */
  take(): number | undefined;
  /** The child is gone. */
  give(device: number | undefined): void;
}

export function createDeviceSpread(deviceIds: readonly number[] = []): DeviceSpread {
  const children = new Map(deviceIds.map((device) => [device, 0]));
  const add = (device: number | undefined, count: number): void => {
    if (device !== undefined) children.set(device, (children.get(device) ?? 0) + count);
  };
  return {
    take() {
      const [least] = [...children].sort(([, a], [, b]) => a - b);
      add(least?.[0], 1);
      return least?.[0];
    },
    give: (device) => add(device, -1),
  };
}
