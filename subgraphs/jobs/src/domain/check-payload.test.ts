import { AssayError, LONGEST_PROMPT, type Manifest, promptTensor } from '@assay/wire';
import { expect, it } from 'vitest';
import { checkPayload } from './check-payload.ts';

const manifest = { task: 'text-generation' } as Manifest;
const check = (prompt: string) => checkPayload({ kind: 'text', prompt, params: {} }, manifest);

it('takes a prompt as long as providers do, in bytes, and no longer one', () => {
  const longest = 'é'.repeat(LONGEST_PROMPT / 2);
  expect(check(longest)).toEqual([promptTensor(longest)]);
  expect(() => check(`${longest}.`)).toThrow(AssayError);
});
