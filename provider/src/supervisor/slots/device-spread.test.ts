import { expect, it } from 'vitest';
import { createDeviceSpread } from './device-spread.ts';

it('gives each device its part, and fills the place of a child that is gone', () => {
  const devices = createDeviceSpread([0, 3]);
  expect([devices.take(), devices.take(), devices.take()]).toEqual([0, 3, 0]);
  devices.give(0);
  devices.give(0);
  expect([devices.take(), devices.take(), devices.take()]).toEqual([0, 0, 3]);
});

it('knows no device where the config names none', () => {
  const devices = createDeviceSpread();
  expect(devices.take()).toBeUndefined();
  devices.give(undefined);
});
