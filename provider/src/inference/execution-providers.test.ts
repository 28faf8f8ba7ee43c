import { expect, it } from 'vitest';
import { executionProviders } from './execution-providers.ts';

it('names the device only where the runtime takes one', () => {
  for (const executionProvider of ['cuda', 'tensorrt']) {
    expect(executionProviders({ executionProvider, deviceId: 2 })).toEqual([
      { name: executionProvider, deviceId: 2 },
    ]);
    expect(executionProviders({ executionProvider })).toEqual([executionProvider]);
  }
  for (const executionProvider of ['cpu', 'webgpu'])
    expect(executionProviders({ executionProvider, deviceId: 2 })).toEqual([executionProvider]);
});
