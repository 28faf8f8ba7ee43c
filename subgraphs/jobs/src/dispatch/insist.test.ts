import { AssayError } from '@assay/wire';
import { expect, it } from 'vitest';
import { insist } from './insist.ts';

it('repeats while the store is away, and nothing else', async () => {
  let asked = 0;
  const once = insist(async () => {
    asked += 1;
    if (asked === 1) throw new AssayError('G805');
    return asked;
  });
  expect(await once).toBe(2);
  const refused = insist(() => Promise.reject(new AssayError('I100')));
  await expect(refused).rejects.toMatchObject({ code: 'I100' });
});
