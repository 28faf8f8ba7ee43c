import { expect, it } from 'vitest';
import { hostList } from './host-list.ts';

it('reads hosts between commas', () => {
  expect(hostList.parse('a.example, [::1] ,')).toEqual(['a.example', '[::1]']);
  expect(hostList.parse(undefined)).toEqual([]);
});

it.each(['https://a.example', 'a.example:80', 'a b'])('refuses %s', (text) => {
  expect(hostList.safeParse(text).success).toBe(false);
});
